package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;

/// Keeps `dataSource` and `dataSourceRef` of a claim equal, as kube-apiserver does; `dataSource` can name snapshots
/// and claims only. Pure.
final class ClaimSources {
    private static final String SOURCE = "dataSource";
    private static final String REFERENCE = "dataSourceRef";

    private ClaimSources() {
    }

    /// The spec with both fields, or with neither.
    static Struct of(Write write, Struct spec) {
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        boolean keeps = write.operation() == Operation.UPDATE && (before.has(SOURCE) || before.has(REFERENCE));
        Struct known = keeps ? spec : withSupportedSources(spec);
        if (known.has(SOURCE) && !known.has(REFERENCE)) {
            return known.with(REFERENCE, known.struct(SOURCE));
        }
        boolean copied = known.has(REFERENCE) && !known.has(SOURCE)
                && known.struct(REFERENCE).text("namespace").isEmpty();
        return copied ? known.with(SOURCE, known.struct(REFERENCE).without("namespace")) : known;
    }

    /// Removes an unknown source, and one in another namespace: nothing here supports cross-namespace sources.
    private static Struct withSupportedSources(Struct spec) {
        Struct s = spec.struct(REFERENCE).text("namespace").isEmpty() ? spec : spec.without(REFERENCE).without(SOURCE);
        return s.has(REFERENCE) || supported(s.struct(SOURCE)) ? s : s.without(SOURCE);
    }

    private static boolean supported(Struct source) {
        return source.text("apiGroup").isEmpty() && source.text("kind").equals("PersistentVolumeClaim")
                || source.text("apiGroup").equals("snapshot.storage.k8s.io")
                        && source.text("kind").equals("VolumeSnapshot");
    }
}
