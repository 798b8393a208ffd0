package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.DomainPaths;
import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Rules of IngressClasses: upstream's `ValidateIngressClass`. See
/// <https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class>.
final class IngressClassRules implements KindRules {
    private static final String CONTROLLER = "controller";
    private static final String PARAMETERS = "parameters";
    private static final String NAMESPACE = "namespace";
    /// In bytes.
    private static final int LONGEST_CONTROLLER = 250;

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(s, PARAMETERS, p -> Fill.in(p, "scope", "Cluster")));
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        Struct spec = o.struct("spec");
        Problems p = problems.at("spec");
        if (write.operation() == Operation.UPDATE) {
            p.immutable(write.before().orElse(Struct.EMPTY).struct("spec"), spec, CONTROLLER);
        }
        if (p.present(spec, CONTROLLER)) {
            controller(spec.text(CONTROLLER), p.at(CONTROLLER));
        }
        if (spec.has(PARAMETERS)) {
            object(spec.struct(PARAMETERS), p.at(PARAMETERS));
            scope(spec.struct(PARAMETERS), p.at(PARAMETERS));
        }
    }

    private static void controller(String name, Problems p) {
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_CONTROLLER) {
            p.tooLong(LONGEST_CONTROLLER);
        }
        DomainPaths.check(name, p::invalid);
    }

    /// Checks what names an object of any kind, as a backend of an Ingress does as well.
    static void object(Struct reference, Problems p) {
        if (reference.has("apiGroup")) {
            p.at("apiGroup").invalid(reference.text("apiGroup"), Names.subdomain(reference.text("apiGroup")));
        }
        for (String field : List.of("kind", "name")) {
            if (p.present(reference, field)) {
                p.at(field).invalid(reference.text(field), Names.pathSegment(reference.text(field)));
            }
        }
    }

    private static void scope(Struct parameters, Problems p) {
        String scope = parameters.text("scope");
        p.requiredOneOf(parameters, "scope", List.of("Cluster", "Namespace"));
        if (scope.equals("Cluster") && parameters.has(NAMESPACE)) {
            p.at(NAMESPACE).forbidden("`parameters.scope` is set to 'Cluster'");
        } else if (scope.equals("Namespace") && !parameters.has(NAMESPACE)) {
            p.at(NAMESPACE).required("`parameters.scope` is set to 'Namespace'");
        } else if (scope.equals("Namespace")) {
            p.at(NAMESPACE).invalid(parameters.text(NAMESPACE), Names.label(parameters.text(NAMESPACE)));
        }
    }
}
