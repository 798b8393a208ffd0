package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What can be wrong with the metrics and the behavior of a HorizontalPodAutoscaler in the form of autoscaling/v2, as
/// upstream's `validateMetrics` and `validateBehavior`. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `metrics[]` | one source, that of the type |
/// | a source | a name; targets above zero, of which there is one that the source can have |
/// | `behavior` | periods up to half an hour, a window up to an hour, values above zero |
final class ScalerProblems {
    private static final List<String> TYPES = List.of("ContainerResource", "External", "Object", "Pods", "Resource");
    /// By type, in the order in which a second source is noticed.
    private static final List<String> SOURCES = List.of("object", "external", "pods", "resource",
            "containerResource");
    private static final Map<String, BiConsumer<Struct, Problems>> RULES = Map.of("object", ScalerProblems::object,
            "external", ScalerProblems::external, "pods", ScalerProblems::pods, "resource", ScalerProblems::resource,
            "containerResource", ScalerProblems::container);
    private static final List<String> TARGETS = List.of("Utilization", "Value", "AverageValue");
    private static final String TARGET = "target";
    private static final String VALUE = "value";
    private static final String AVERAGE = "averageValue";
    private static final String UTILIZATION = "averageUtilization";
    private static final String WINDOW = "stabilizationWindowSeconds";
    private static final String PERIOD = "periodSeconds";
    private static final long LONGEST_WINDOW = 3600;
    private static final long LONGEST_PERIOD = 1800;

    private ScalerProblems() {
    }

    /// @param p the spec
    static void check(Struct spec, Problems p) {
        Seq metrics = spec.seq("metrics");
        boolean others = false;
        for (int i = 0; i < metrics.size() && !p.full(); i++) {
            String type = metrics.struct(i).text("type");
            others |= type.equals("Object") || type.equals("External");
            metric(metrics.struct(i), p.at("metrics", i));
        }
        if (spec.whole("minReplicas", 1) == 0 && !others) {
            p.at("metrics").forbidden(
                    "must specify at least one Object or External metric to support scaling to zero replicas");
        }
        for (String way : List.of("scaleUp", "scaleDown")) {
            if (spec.struct("behavior").has(way)) {
                rules(spec.struct("behavior").struct(way), p.at("behavior").at(way));
            }
        }
    }

    /// Checks a reference to an object at its place.
    static void reference(Struct reference, Problems p) {
        for (String field : List.of("kind", "name")) {
            if (p.present(reference, field)) {
                p.at(field).invalid(reference.text(field), Names.pathSegment(reference.text(field)));
            }
        }
    }

    private static void metric(Struct metric, Problems p) {
        String type = metric.text("type");
        if (type.isEmpty()) {
            p.at("type").required("must specify a metric source type");
        }
        List<String> there = SOURCES.stream().filter(metric::has).toList();
        if (!there.isEmpty()) {
            String first = there.getFirst();
            BiConsumer<Struct, Problems> rule = RULES.get(first);
            if (rule != null) {
                rule.accept(metric.struct(first), p.at(first));
            }
        }
        if (!TYPES.contains(type)) {
            p.at("type").unsupported(type, TYPES);
            p.at("type").invalid(type, "unrecognized metric source type");
        }
        String expected = type.isEmpty() ? "" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
        if (TYPES.contains(type) && !metric.has(expected)) {
            p.at(expected).required("must populate information for the given metric source");
        }
        if (there.size() != 1) {
            there.stream().filter(source -> !source.equals(expected))
                    .forEach(source -> p.at(source).forbidden("must populate the given metric source only"));
        }
    }

    private static void object(Struct source, Problems p) {
        reference(source.struct("describedObject"), p.at("describedObject"));
        named(source, p);
        either(source.struct(TARGET), p.at(TARGET));
    }

    private static void external(Struct source, Problems p) {
        named(source, p);
        either(source.struct(TARGET), p.at(TARGET));
        if (source.struct(TARGET).has(VALUE) && source.struct(TARGET).has(AVERAGE)) {
            p.at(TARGET).at(VALUE)
                    .forbidden("may not set both a target value for metric and a per-pod target");
        }
    }

    private static void either(Struct target, Problems p) {
        if (!target.has(VALUE) && !target.has(AVERAGE)) {
            p.at(AVERAGE).required("must set either a target value for metric or a per-pod target");
        }
    }

    private static void pods(Struct source, Problems p) {
        named(source, p);
        Struct target = source.struct(TARGET);
        if (!target.has(AVERAGE) || sign(target, AVERAGE) != 1) {
            p.at(TARGET).at(AVERAGE).required("must specify a positive target averageValue");
        }
    }

    private static void resource(Struct source, Problems p) {
        resourceName(source, p);
        usage(source, p);
    }

    private static void resourceName(Struct source, Problems p) {
        if (source.text("name").isEmpty()) {
            p.at("name").required("must specify a resource name");
        }
    }

    private static void usage(Struct source, Problems p) {
        target(source.struct(TARGET), p.at(TARGET));
        boolean part = source.struct(TARGET).has(UTILIZATION);
        boolean raw = source.struct(TARGET).has(AVERAGE);
        if (!part && !raw) {
            p.at(TARGET).at(UTILIZATION).required("must set either a target raw value or a target utilization");
        } else if (part && raw) {
            p.at(TARGET).at(AVERAGE).forbidden("may not set both a target raw value and a target utilization");
        }
    }

    private static void container(Struct source, Problems p) {
        resourceName(source, p);
        if (source.text("container").isEmpty()) {
            p.at("container").required("must specify a container");
        }
        usage(source, p);
    }

    /// What sources share that have a metric with a name.
    private static void named(Struct source, Problems p) {
        Struct metric = source.struct("metric");
        Problems at = p.at("metric");
        if (metric.text("name").isEmpty()) {
            at.at("name").required("must specify a metric name");
        } else {
            at.at("name").invalid(metric.text("name"), Names.pathSegment(metric.text("name")));
        }
        LabelSelectorRules.check(metric.struct("selector"), at.at("selector"));
        target(source.struct(TARGET), p.at(TARGET));
    }

    private static void target(Struct target, Problems p) {
        String type = target.text("type");
        if (type.isEmpty()) {
            p.at("type").required("must specify a metric target type");
        }
        if (!TARGETS.contains(type)) {
            p.at("type").invalid(type, "must be either Utilization, Value, or AverageValue");
        }
        if (target.has(UTILIZATION) && target.whole(UTILIZATION, 1) < 1) {
            p.at(UTILIZATION).invalid(target.whole(UTILIZATION, 0), "must be greater than 0");
        }
        for (String field : List.of(VALUE, AVERAGE)) {
            if (target.has(field) && sign(target, field) != 1) {
                p.at(field).invalid(text(target, field), "must be positive");
            }
        }
    }

    /// Of an amount that cannot be read, 0.
    private static int sign(Struct of, String field) {
        try {
            return Quantity.of(of.get(field)).signum();
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    /// An amount as upstream shows it, also one that is written as a number.
    private static @Nullable Object text(Struct of, String field) {
        return of.get(field) instanceof Long number ? number.toString() : of.get(field);
    }

    private static void rules(Struct rules, Problems p) {
        long window = rules.whole(WINDOW, 0);
        if (window < 0) {
            p.at(WINDOW).invalid(window, "must be greater than or equal to zero");
        } else if (window > LONGEST_WINDOW) {
            p.at(WINDOW).invalid(window, "must be less than or equal to " + LONGEST_WINDOW);
        }
        List<String> selections = List.of("Disabled", "Max", "Min");
        if (rules.has("selectPolicy") && !selections.contains(rules.text("selectPolicy"))) {
            p.at("selectPolicy").unsupported(rules.text("selectPolicy"), selections);
        }
        Seq policies = rules.seq("policies");
        if (policies.isEmpty()) {
            p.at("policies").required("must specify at least one Policy");
        }
        for (int i = 0; i < policies.size() && !p.full(); i++) {
            policy(policies.struct(i), p.at("policies", i));
        }
        if (rules.has("tolerance")) {
            p.quantity(rules, "tolerance");
        }
    }

    private static void policy(Struct policy, Problems p) {
        List<String> types = List.of("Percent", "Pods");
        if (!types.contains(policy.text("type"))) {
            p.at("type").unsupported(policy.text("type"), types);
        }
        for (String field : List.of(VALUE, PERIOD)) {
            if (policy.whole(field, 0) <= 0) {
                p.at(field).invalid(policy.whole(field, 0), "must be greater than zero");
            }
        }
        if (policy.whole(PERIOD, 0) > LONGEST_PERIOD) {
            p.at(PERIOD).invalid(policy.whole(PERIOD, 0), "must be less than or equal to " + LONGEST_PERIOD);
        }
    }
}
