"""What if, and where: questions over a published snapshot, answered by arithmetic on what was released.

Used by the command line and by the web service. Nothing here reads a source, and nothing is written.

::

    actions    what somebody proposes          opening   a layer of a snapshot, opened as a world
    posts      services as they would be       world     people, services and journeys of one layer
    after      the change, column by column    before    the world as it is, counted once
    outcome    before and after, cell by cell  scenario  the answer, from tally, equity, places and closures
    places_wanted what somebody wants to know  sites     where new services would reach most people, among candidates
"""
