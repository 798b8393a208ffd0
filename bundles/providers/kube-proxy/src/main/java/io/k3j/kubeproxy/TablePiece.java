package io.k3j.kubeproxy;

import java.util.List;
import java.util.Map;

/// What one claim of a Service puts into its table: elements of maps, or a chain, or a set that packets fill.
///
/// A claim is a name of which there is one in the table, as an address with a port. When two Services have the same,
/// the whole piece of one counts, so no half of each.
///
/// @param rank of two pieces for one claim that of the lower rank counts
/// @param elements by map or set; the value is `""` in a set
/// @param chains rules by chain
/// @param dynamic definitions by set
record TablePiece(String rank, List<Element> elements, Map<String, List<String>> chains, Map<String, String> dynamic) {

    /// One entry of a map.
    record Element(String map, String key, String value) {
    }

    static TablePiece of(String rank, List<Element> elements) {
        return new TablePiece(rank, elements, Map.of(), Map.of());
    }

    static TablePiece chain(String rank, String name, List<String> rules) {
        return new TablePiece(rank, List.of(), Map.of(name, rules), Map.of());
    }

    static TablePiece dynamicSet(String rank, String name, String definition) {
        return new TablePiece(rank, List.of(), Map.of(), Map.of(name, definition));
    }
}
