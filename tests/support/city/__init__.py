"""A made-up city: 12 county bodies, 118 townships, three stages, generated from a seed, with its truth beside it.

`standards` is what is inspected, read by plain means; `decisions` who sends what and what it says (with `marks` and `people`);
`forms` and `workbooks` write it, `city` lays it down in a folder as offices do; `truth` works out what must come of it.
Nothing here uses the product, except where it fills in a form that the product has handed out.
"""
