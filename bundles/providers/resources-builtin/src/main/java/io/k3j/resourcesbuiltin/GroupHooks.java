package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.printers.Cells;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The hooks of one built-in group: resolve the rules of a kind, its table cells and its selectable fields.
final class GroupHooks implements KindHooks {
    /// Those whose objects may have finalizers without a domain, as upstream.
    private static final Set<String> ANY_FINALIZERS = Set.of("admissionregistration.k8s.io", "apiregistration.k8s.io",
            "apiextensions.k8s.io", "coordination.k8s.io", "internal.apiserver.k8s.io", "policy");
    private final String group;
    private final Cells cells;
    private final KindTable table;
    private final Map<String, KindRules> rules;
    private final RequiredFields required;
    private final DisabledFields disabled;
    private final Map<Gvk, ResourceKind> kinds = new HashMap<>();

    /// @param rules the rules by kind
    @SuppressWarnings("checkstyle:ParameterNumber") // each is read from another table
    GroupHooks(String group, KindTable table, Cells cells, Map<String, KindRules> rules, RequiredFields required,
            DisabledFields disabled) {
        this.group = group;
        this.table = table;
        this.cells = cells;
        this.rules = rules;
        this.required = required;
        this.disabled = disabled;
        table.kinds().stream().filter(k -> k.gvk().group().equals(group)).forEach(k -> kinds.put(k.gvk(), k));
    }

    @Override
    public String group() {
        return group;
    }

    private KindRules rules(String kind) {
        return rules.getOrDefault(kind, KindRules.NONE);
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return rules(kind.kind()).defaulted(kind, object);
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        return disabled.dropped(write, rules(write.kind().gvk().kind()).prepared(write, object));
    }

    @Override
    public List<FieldProblem> problems(Write write, Struct object) {
        KindRules r = rules(write.kind().gvk().kind());
        List<FieldProblem> all = new ArrayList<>(MetadataRules.problems(write, object, n -> r.name(n, object)));
        // upstream looks at no more of an Event of v1
        if (!ANY_FINALIZERS.contains(group) && !(r instanceof EventRules && EventRules.core(object))) {
            MetadataRules.standardFinalizers(write, object, all);
        }
        Problems problems = Problems.none();
        r.check(write, object, problems);
        required.check(write, object, problems);
        all.addAll(problems.found());
        return all;
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        return rules(write.kind().gvk().kind()).warnings(write, object);
    }

    @Override
    public String deprecated(Gvk kind) {
        return Deprecations.of(kind);
    }

    @Override
    public List<Object> cells(Gvk kind, Obj object, Instant now) {
        ResourceKind row = kinds.get(kind);
        return row == null ? List.of() : cells.row(row.columns(), table.cells(kind), object, now);
    }

    @Override
    public Optional<String> field(Gvk kind, Obj object, String field) {
        return SelectableFields.of(kind, object, field);
    }

    @Override
    public Duration timeToLive(Write write, Struct object) {
        return rules(write.kind().gvk().kind()).timeToLive();
    }

    @Override
    public long gracePeriodSeconds(Gvk kind, Obj object, long asked) {
        return rules(kind.kind()).gracePeriodSeconds(object, asked);
    }

    @Override
    public Struct converted(Struct object, Gvk to) {
        return rules(to.kind()).converted(object, to);
    }
}
