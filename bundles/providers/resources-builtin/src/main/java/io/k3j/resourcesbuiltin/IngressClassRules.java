package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// Rules of IngressClasses. See
/// <https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class>.
final class IngressClassRules implements KindRules {
    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(s, "parameters", p -> Fill.in(p, "scope", "Cluster")));
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        p.at("spec").present(o.struct("spec"), "controller");
        if (write.operation() == Operation.UPDATE) {
            p.at("spec").immutable(write.before().orElse(Struct.EMPTY).struct("spec"), o.struct("spec"),
                    "controller");
        }
    }
}
