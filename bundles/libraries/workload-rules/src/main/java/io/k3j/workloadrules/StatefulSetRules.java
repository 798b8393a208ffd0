package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.ClaimTemplateProblems;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Rules of StatefulSets.
final class StatefulSetRules implements KindRules {
    private static final String CLAIMS = "persistentVolumeClaimRetentionPolicy";
    private static final String TEMPLATES = "volumeClaimTemplates";
    private static final String STRATEGY = "updateStrategy";
    private static final String ROLLING = "rollingUpdate";
    private static final String RETAIN = "Retain";
    private static final List<String> MUTABLE = List.of("replicas", "ordinals", "template", STRATEGY,
            "revisionHistoryLimit", CLAIMS, "minReadySeconds");
    private static final String RULE = "updates to statefulset spec for fields other than 'replicas', 'ordinals',"
            + " 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
            + " 'minReadySeconds' are forbidden";

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        Struct d = WorkloadRules.filled(o, "podManagementPolicy", "OrderedReady");
        d = WorkloadRules.filled(d, STRATEGY, Struct.EMPTY);
        d = WorkloadRules.filled(WorkloadRules.filled(d, "replicas", 1L), "revisionHistoryLimit", 10L);
        d = WorkloadRules.filled(d, CLAIMS, Struct.EMPTY);
        return Fill.inside(WorkloadRules.templated(d), "spec", StatefulSetRules::spec);
    }

    private static Struct spec(Struct spec) {
        Struct s = Fill.inside(spec, CLAIMS, r -> Fill.in(r, "whenDeleted", RETAIN, "whenScaled", RETAIN));
        s = Fill.inside(s, STRATEGY, StatefulSetRules::filled);
        return Fill.each(s, TEMPLATES, StatefulSetRules::claim);
    }

    private static Struct claim(Struct claim) {
        Struct c = Fill.in(claim, "apiVersion", "v1", "kind", "PersistentVolumeClaim");
        c = Fill.inside(c, "spec", s -> Fill.in(s, "volumeMode", "Filesystem"));
        return c.with("status", Fill.in(c.struct("status"), "phase", "Pending"));
    }

    /// Who names the type and says nothing of how it rolls gets nothing said of it, as upstream.
    private static Struct filled(Struct strategy) {
        Struct s = strategy.text("type").isEmpty()
                ? Fill.in(strategy.with("type", "RollingUpdate"), ROLLING, Struct.EMPTY) : strategy;
        return s.text("type").equals("RollingUpdate") ? Fill.inside(s, ROLLING, r -> Fill.in(r, "partition", 0L)) : s;
    }

    /// The name of a new one is part of its pods' host names: see [#check]. One that is there keeps its name.
    @Override
    public List<String> name(String name) {
        return List.of();
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (write.of("status")) {
            StatusCounters.check("StatefulSet", write, o, problems);
            return;
        }
        Struct spec = o.struct("spec");
        // one that an older release stored lacks newer defaults, and has not changed by them
        Struct before = write.before().map(b -> defaulted(write.kind().gvk(), b)).orElse(Struct.EMPTY).struct("spec");
        Problems p = problems.at("spec");
        if (write.operation() == Operation.CREATE) {
            created(o, problems);
        }
        String policy = spec.text("podManagementPolicy");
        if (!policy.equals("OrderedReady") && !policy.equals("Parallel")) {
            p.at("podManagementPolicy").invalid(policy, "must be 'OrderedReady' or 'Parallel'");
        }
        if (!spec.struct(STRATEGY).equals(before.struct(STRATEGY)) || write.operation() == Operation.CREATE) {
            strategy(spec.struct(STRATEGY), p.at(STRATEGY));
        }
        if (!spec.equals(before)) {
            numbers(spec, p);
        }
        if (WorkloadRules.selector(spec, "statefulset", p) && TemplateRules.written(write, o, "spec", "template")) {
            PodProblems.running(template(spec), "StatefulSet", p.at("template"));
        }
        if (write.operation() == Operation.UPDATE && !fixed(before).equals(fixed(spec))) {
            p.forbidden(RULE);
        }
    }

    /// What is asked of new ones only, as there are others from before these rules.
    private static void created(Struct o, Problems p) {
        Struct metadata = o.struct("metadata");
        String prefix = metadata.text("generateName");
        if (!prefix.isEmpty()) {
            p.at("metadata.generateName").invalid(prefix, Names.label(Names.completed(prefix)));
        }
        if (!metadata.text("name").isEmpty()) {
            p.at("metadata.name").invalid(metadata.text("name"), Names.label(metadata.text("name")));
        }
        String service = o.struct("spec").text("serviceName");
        if (!service.isEmpty()) {
            p.at("spec.serviceName").invalid(service, Names.label(service));
        }
        Seq claims = o.struct("spec").seq(TEMPLATES);
        for (int i = 0; i < claims.size() && !p.full(); i++) {
            ClaimTemplateProblems.spec(claims.struct(i).struct("spec"), p.at("spec").at(TEMPLATES, i).at("spec"));
        }
    }

    private static void strategy(Struct strategy, Problems p) {
        Problems at = p.at(ROLLING);
        switch (strategy.text("type")) {
            case "OnDelete" -> {
                if (strategy.has(ROLLING)) {
                    // upstream shows whether there is one
                    at.invalid(true, "only allowed for updateStrategy 'RollingUpdate'");
                }
            }
            case "RollingUpdate" -> {
                Struct rolling = strategy.struct(ROLLING);
                at.notNegative(rolling, "partition");
                at.countOrPercent(rolling, "maxUnavailable");
                if (WorkloadRules.zero(rolling.get("maxUnavailable"))) {
                    at.at("maxUnavailable").invalid(rolling.get("maxUnavailable"), "cannot be 0");
                }
                at.atMostAll(rolling, "maxUnavailable");
            }
            default -> p.invalid(WorkloadRules.shown(strategy, "partition", "maxUnavailable"),
                    "must be 'RollingUpdate' or 'OnDelete'");
        }
    }

    private static void numbers(Struct spec, Problems p) {
        for (String when : List.of("whenDeleted", "whenScaled")) {
            p.at(CLAIMS).oneOf(spec.struct(CLAIMS), when, List.of(RETAIN, "Delete"));
        }
        for (String field : List.of("replicas", "minReadySeconds", "revisionHistoryLimit")) {
            p.notNegative(spec, field);
        }
        p.at("ordinals").notNegative(spec.struct("ordinals"), "start");
    }

    /// The template as pods are made of it: with the volumes that come from claim templates, in place of others of
    /// their names, and without a host name, which is the pod's own.
    private static Struct template(Struct spec) {
        Struct template = spec.struct("template");
        Struct pod = template.struct("spec").without("hostname").without("subdomain");
        List<String> names = spec.seq(TEMPLATES).structs().stream().map(c -> c.struct("metadata").text("name"))
                .toList();
        Set<String> known = new HashSet<>(names);
        if (names.isEmpty()) {
            return template.with("spec", pod);
        }
        Stream<Struct> claimed = names.stream()
                .map(name -> Struct.of("name", name, "persistentVolumeClaim", Struct.of("claimName", name)));
        Stream<Struct> others = pod.seq("volumes").structs().stream().filter(v -> !known.contains(v.text("name")));
        return template.with("spec",
                pod.with("volumes", Seq.copyOf(Stream.concat(claimed, others).toList())));
    }

    private static Struct fixed(Struct spec) {
        Struct s = spec;
        for (String field : MUTABLE) {
            s = s.without(field);
        }
        return s;
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        List<String> all = new ArrayList<>(TemplateRules.warnings(write, o, false, "spec", "template"));
        if (!write.subresource().isEmpty()) {
            return all;
        }
        // upstream's paths, of which that of an update has one name in capitals
        String spec = write.operation() == Operation.CREATE ? "" : ".Spec";
        Seq claims = o.struct("spec").seq(TEMPLATES);
        for (int i = 0; i < claims.size(); i++) {
            PodWarnings.claim(claims.struct(i).struct("spec"), "spec." + TEMPLATES + "[" + i + "]" + spec, all);
        }
        if (o.struct("spec").whole("revisionHistoryLimit", 0) < 0) {
            all.add("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is"
                    + " recommended");
        }
        return all;
    }
}
