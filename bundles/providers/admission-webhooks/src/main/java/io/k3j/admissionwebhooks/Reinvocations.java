package io.k3j.admissionwebhooks;

import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which webhooks are asked again in the second round of a write: those that want it (`reinvocationPolicy: IfNeeded`)
/// and behind which somebody else has changed the object. Upstream's `webhookReinvokeContext`. For the writing thread.
final class Reinvocations {
    private final Set<String> asked = new HashSet<>();
    private final Set<String> again = new HashSet<>();
    private @Nullable Struct left;

    /// A webhook that wants it was asked.
    void asked(String webhook) {
        asked.add(webhook);
    }

    /// The object has changed: who was asked before is to be asked again.
    void changed() {
        again.addAll(asked);
        asked.clear();
    }

    /// A round begins; built-in plug-ins may have changed the object since the last one.
    void begin(Struct object) {
        if (left != null && !left.equals(object)) {
            changed();
        }
    }

    /// A round is over.
    void end(Struct object) {
        left = object;
    }

    /// Whether a webhook is asked in the second round.
    boolean again(String webhook) {
        return again.contains(webhook);
    }
}
