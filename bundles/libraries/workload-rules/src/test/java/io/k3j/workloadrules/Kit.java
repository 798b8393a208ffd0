package io.k3j.workloadrules;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Yaml;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rules of these kinds, and those of metadata, in the order in which `resources-builtin` asks them: objects as YAML
/// in, results out. Which fields are required is not asked.
final class Kit {
    private final Map<String, KindRules> rules = WorkloadKinds
            .rules(new Schemas().shape(Gvk.of("autoscaling/v2", "HorizontalPodAutoscaler")).orElseThrow());

    /// What is asked of one kind.
    record Hooks(KindRules rules) {
        Struct defaulted(Gvk kind, Struct object) {
            return rules.defaulted(kind, object);
        }

        Struct prepared(Write write, Struct object) {
            return rules.prepared(write, object);
        }

        List<FieldProblem> problems(Write write, Struct object) {
            List<FieldProblem> all = new ArrayList<>(
                    MetadataRules.problems(write, object, name -> rules.name(name, object)));
            Problems problems = Problems.none();
            rules.check(write, object, problems);
            all.addAll(problems.found());
            return all;
        }

        Struct converted(Struct object, Gvk to) {
            return rules.converted(object, to);
        }
    }

    static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    /// Of rules only its name counts, and that it is namespaced.
    ResourceKind kind(Struct object) {
        Gvk gvk = Gvk.of(object.text("apiVersion"), object.text("kind"));
        return new ResourceKind(new Gvr(gvk.group(), gvk.version(), "things"), gvk,
                new Names("thing", List.of(), List.of()), true, Set.of(), List.of(),
                new Storage("/registry/things/", gvk), Shape.ANY, List.of(),
                new Strategy(true, false, false, true, true));
    }

    Hooks hooks(Struct object) {
        return new Hooks(rules.get(object.text("kind")));
    }

    Write write(Operation operation, Struct object, Optional<Struct> before, String subresource) {
        return new Write(operation, kind(object), subresource, Obj.of(object).key(), before, Caller.ANONYMOUS, false,
                Struct.EMPTY);
    }

    Struct defaulted(String text) {
        return defaulted(yaml(text));
    }

    private Struct defaulted(Struct o) {
        return hooks(o).defaulted(kind(o).gvk(), o);
    }

    Struct created(String text) {
        Struct o = defaulted(yaml(text));
        return hooks(o).prepared(write(Operation.CREATE, o, Optional.empty(), ""), o);
    }
}
