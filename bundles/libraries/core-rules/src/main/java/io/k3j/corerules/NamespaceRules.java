package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;

/// Rules of Namespaces: upstream's `ValidateNamespace` with what is asked of its subresources.
final class NamespaceRules implements KindRules {
    private static final String STATUS = "status";
    private static final String FINALIZERS = "finalizers";

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        String name = o.struct("metadata").text("name");
        return name.isEmpty() ? o : o.withAt(name, "metadata", "labels", "kubernetes.io/metadata.name");
    }

    @Override
    public Struct prepared(Write write, Struct o) {
        if (write.operation() == Operation.CREATE) {
            Seq finalizers = o.struct("spec").seq(FINALIZERS);
            Seq all = finalizers.contains("kubernetes") ? finalizers : finalizers.plus("kubernetes");
            return o.withAt(all, "spec", FINALIZERS).with(STATUS, Struct.of("phase", "Active"));
        }
        if (write.operation() == Operation.DELETE) {
            return o.withAt("Terminating", STATUS, "phase");
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        return switch (write.subresource()) {
            case "" -> o.with("spec", before.struct("spec")).with(STATUS, before.struct(STATUS));
            case STATUS -> o.with(STATUS, Fill.in(o.struct(STATUS), "phase", "Active"));
            default -> o;
        };
    }

    @Override
    public List<String> name(String name) {
        return Names.label(name);
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.of(STATUS)) {
            phase(o, p.at("status.Phase"));
        } else if (write.operation() == Operation.CREATE || write.subresource().equals("finalize")) {
            finalizers(write, o.struct("spec").seq(FINALIZERS), p);
        }
    }

    /// Those that were there stay until somebody takes them away, whatever they are.
    private static void finalizers(Write write, Seq finalizers, Problems p) {
        Set<String> before = Set.copyOf(write.before().orElse(Struct.EMPTY).struct("spec").seq(FINALIZERS).texts());
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.text(i);
            if (!before.contains(name)) {
                Problems at = write.operation() == Operation.CREATE ? p.at("spec.finalizers")
                        : p.at("spec").at(FINALIZERS, i);
                at.invalid(name, Names.qualified(name));
                at.invalid(name, MetadataRules.standardFinalizer(name));
            }
        }
    }

    private static void phase(Struct o, Problems p) {
        String phase = o.struct(STATUS).text("phase");
        boolean going = !o.struct("metadata").text("deletionTimestamp").isEmpty();
        if (going && !phase.equals("Terminating")) {
            p.invalid(phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        } else if (!going && !phase.equals("Active")) {
            p.invalid(phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
    }
}
