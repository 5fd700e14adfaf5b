"""What goes back: tables, documents and pages, all rendered from the same context. Writers never compute."""
