package io.k3j.apimachinery;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Owner references that are there twice, of which the API server keeps one and tells of the others. Pure.
public final class OwnerReferences {
    private OwnerReferences() {
    }

    /// An object with each of its owner references once. References to one owner that differ are all kept.
    ///
    /// @param admitted whether mutating admission has seen the object
    /// @param warnings is told of what was left out, in upstream's words
    /// @return the object itself where nothing is there twice
    public static Struct unique(Struct object, boolean admitted, Consumer<String> warnings) {
        Seq owners = object.struct("metadata").seq("ownerReferences");
        if (owners.size() < 2) {
            return object;
        }
        Set<Object> seen = new HashSet<>();
        List<Object> kept = new ArrayList<>();
        List<String> twice = new ArrayList<>();
        for (int i = 0; i < owners.size(); i++) {
            if (seen.add(ValueKey.of(owners.get(i)))) {
                kept.add(owners.get(i));
            } else {
                twice.add(owners.struct(i).text("uid"));
            }
        }
        if (twice.isEmpty()) {
            return object;
        }
        warnings.accept(".metadata.ownerReferences contains duplicate entries"
                + (admitted ? " after mutating admission happens" : "")
                + "; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24;"
                + " please fix your requests; duplicate UID(s) observed: "
                + String.join(", ", twice));
        return object.withAt(Seq.copyOf(kept), "metadata", "ownerReferences");
    }
}
