package io.k3j.schemagen;

import java.util.List;

/// One named type. `gvk` are `group/version/kind` texts, empty unless it is a kind.
record Definition(String name, String type, String description, boolean atomic, List<Property> properties,
        List<String> gvk) {

    /// One field. `numbers` are protobuf field numbers from the outermost message inwards; empty: none.
    record Property(String name, Node node, boolean required, String flags, List<Integer> numbers) {
    }
}
