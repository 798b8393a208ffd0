package io.k3j.objectregistry;

import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.util.List;

/// What a list answers: objects, the revision they are true at, and how to go on.
///
/// @param items in the order of their keys, each readable
/// @param revision 0: none, as of objects that are not stored
/// @param token empty at the end
/// @param remaining how many follow, -1 when nobody counted: with selectors that would mean looking at all
public record ListPage(List<Item> items, long revision, String token, long remaining) {
    /// The same page with its objects in another form.
    public ListPage with(List<Item> shown) {
        return new ListPage(shown, revision, token, remaining);
    }

    /// The list's own metadata (`ListMeta`).
    public Struct metadata() {
        Struct.Builder b = Struct.builder()
                .putUnlessEmpty("resourceVersion", revision == 0 ? "" : Long.toString(revision))
                .putUnlessEmpty("continue", token);
        if (remaining > 0) {
            b.put("remainingItemCount", remaining);
        }
        return b.build();
    }
}
