"""HTML of the parts that appear hundreds of times on a page: icons, statuses and entry rows.

They are written as functions because a nested template include per field costs more than the whole rest of a form.
"""
