package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The hooks of CustomResourceDefinitions themselves.
final class DefinitionHooks implements KindHooks {
    private final RuleProblems rules;

    DefinitionHooks(RuleProblems rules) {
        this.rules = rules;
    }

    @Override
    public String group() {
        return Definition.GROUP;
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        Struct spec = object.struct("spec");
        Struct names = spec.struct("names");
        if (!names.text("kind").isEmpty()) {
            names = filled(names, "singular", names.text("kind").toLowerCase(Locale.ROOT));
            names = filled(names, "listKind", names.text("kind") + "List");
        }
        Struct conversion = spec.get("conversion") instanceof Struct said ? said : Struct.of("strategy", "None");
        Struct webhook = conversion.struct("webhook").struct("clientConfig").struct("service");
        if (!webhook.isEmpty() && !webhook.has("port")) {
            conversion = conversion.withAt(443L, "webhook", "clientConfig", "service", "port");
        }
        return object.with("spec", spec.with("names", names).with("conversion", conversion));
    }

    private static Struct filled(Struct of, String field, String value) {
        return of.text(field).isEmpty() ? of.with(field, value) : of;
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        if (write.subresource().equals("status") || write.operation() == Operation.DELETE) {
            return object;
        }
        String stored = Definition.storageVersion(object.struct("spec"));
        if (write.operation() == Operation.CREATE) {
            Seq finalizers = object.struct("metadata").seq("finalizers");
            Struct o = finalizers.contains(Definition.FINALIZER) ? object
                    : object.withAt(finalizers.plus(Definition.FINALIZER), "metadata", "finalizers");
            return o.with("status", Struct.of("conditions", Seq.EMPTY, "acceptedNames",
                    Struct.of("plural", "", "kind", ""), "storedVersions",
                    stored.isEmpty() ? Seq.EMPTY : Seq.of(stored)));
        }
        Seq versions = object.struct("status").seq("storedVersions");
        return stored.isEmpty() || versions.contains(stored) ? object
                : object.withAt(versions.plus(stored), "status", "storedVersions");
    }

    @Override
    public List<FieldProblem> problems(Write write, Struct object) {
        List<FieldProblem> all = new ArrayList<>(MetadataRules.problems(write, object, Names::subdomain));
        all.addAll(write.of("status") ? DefinitionProblems.ofStatus(object)
                : new DefinitionProblems(write.before().orElse(Struct.EMPTY), object, rules).all());
        return all;
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        boolean asked = write.operation() != Operation.DELETE && !write.of("status");
        return asked ? UnknownFormats.warnings(write.before().orElse(Struct.EMPTY).struct("spec"),
                object.struct("spec")) : List.of();
    }

    @Override
    public List<Object> cells(Gvk kind, Obj object, Instant now) {
        return List.of(object.name(), object.metadata().text("creationTimestamp"));
    }
}
