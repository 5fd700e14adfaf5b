"""Who is responsible for the counties of the made-up sample inspection (R50). Part of `make_sample_sheets.py`."""

from __future__ import annotations

PEOPLE = """\
people:
  榆社县:
    leader: {name: 石敬亭, post: 副局长, phone: 0354-5550001}
    group: [{name: 温如春, post: 设管科}, {name: 段秋实, post: 农村科}]
    contact: {name: 温如春, phone: 0354-5550011}
  左权县:
    leader: {name: 石敬亭, post: 副局长, phone: 0354-5550001}
    group: [{name: 乔望舒, post: 综合科}]
    contact: {name: 乔望舒, phone: 0354-5550012}
  和顺县:
    leader: {name: 常明远, post: 总统计师, phone: 0354-5550002}
    group: [{name: 薛清和, post: 工业科}, {name: 贾未央, post: 普查中心}]
    contact: {name: 薛清和, phone: 0354-5550013}
"""
