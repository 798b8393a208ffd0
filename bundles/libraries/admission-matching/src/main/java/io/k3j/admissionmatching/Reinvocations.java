package io.k3j.admissionmatching;

import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is asked again in the second round of a write: those that want it (`reinvocationPolicy: IfNeeded`) and behind
/// whom somebody else has changed the object. Upstream's reinvocation context. For the writing thread.
public final class Reinvocations {
    private final Set<String> asked = new HashSet<>();
    private final Set<String> again = new HashSet<>();
    private @Nullable Struct left;

    /// Somebody that wants it was asked.
    public void asked(String who) {
        asked.add(who);
    }

    /// The object has changed: who was asked before is to be asked again.
    public void changed() {
        again.addAll(asked);
        asked.clear();
    }

    /// A round begins; others may have changed the object since the last one.
    public void begin(Struct object) {
        if (left != null && !left.equals(object)) {
            changed();
        }
    }

    /// A round is over.
    public void end(Struct object) {
        left = object;
    }

    /// Whether somebody is asked in the second round.
    public boolean again(String who) {
        return again.contains(who);
    }
}
