package io.k3j.apirequests;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListOptions;

/// The options of a list, watch or deletecollection as a query says them ("Resource versions", "Retrieving large
/// results sets in chunks"). Pure.
public final class ListQuery {
    private ListQuery() {
    }

    /// The options in a query. A number that is missing is -1, a limit 0: none.
    ///
    /// @param watch whether they are those of a watch, to which other rules apply
    /// @throws ApiFault 400 for what cannot be read, 422 for what does not go together
    public static ListOptions options(Params p, boolean watch) {
        ListOptions o;
        try {
            o = new ListOptions(Selector.parse(p.text("labelSelector")), FieldSelector.parse(p.text("fieldSelector")),
                    revision(p.text("resourceVersion")), p.text("resourceVersionMatch"), p.whole("limit").orElse(0),
                    p.text("continue"), p.flag("sendInitialEvents"), p.flag("allowWatchBookmarks"),
                    p.whole("timeoutSeconds").orElse(-1));
        } catch (IllegalArgumentException e) {
            throw ApiFault.badRequest(String.valueOf(e.getMessage()));
        }
        return o.checked(watch, p.has("sendInitialEvents"));
    }

    /// -1 when there is none, which asks for the most recent state; 0 means any state. As upstream a number may have
    /// 64 bits; what is larger than any revision can be is the largest there is, which does not come either.
    private static long revision(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw invalid(text, "invalid syntax");
        }
        try {
            long revision = Long.parseUnsignedLong(text);
            return revision < 0 ? Long.MAX_VALUE : revision;
        } catch (NumberFormatException e) {
            throw invalid(text, "value out of range");
        }
    }

    private static ApiFault invalid(String text, String why) {
        return new ApiFault(400, "BadRequest", "resourceVersion: Invalid value: \"" + text
                + "\": strconv.ParseUint: parsing \"" + text + "\": " + why, Struct.EMPTY);
    }
}
