package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.MetadataRules;
import io.k3j.model.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with pods and pod templates, above the single container. Pure.
final class PodProblems {
    private static final List<String> RESTART = List.of("Always", "OnFailure", "Never");
    private static final List<String> DNS = List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
    private static final long INT_MAX = Integer.MAX_VALUE;

    private PodProblems() {
    }

    /// A whole pod on creation.
    static void pod(Struct pod, Problems p) {
        spec(pod.struct("spec"), p.at("spec"));
    }

    /// A template in a workload at `p`; `restart` are the restart policies the workload can live with.
    static void template(Struct template, List<String> restart, Problems p) {
        template(template, restart, Set.of(), p);
    }

    /// A template whose pods get more volumes than it says: `claimed` are their names.
    static void template(Struct template, List<String> restart, Set<String> claimed, Problems p) {
        Problems labels = p.at("metadata").at("labels");
        MetadataRules.labels(template.struct("metadata").struct("labels"), labels.path(), labels.found());
        Struct spec = template.struct("spec");
        spec(spec, claimed, p.at("spec"));
        if (RESTART.contains(spec.text("restartPolicy"))) {
            p.at("spec").oneOf(spec, "restartPolicy", restart);
        }
        if (spec.has("activeDeadlineSeconds") && restart.contains("Always")) {
            p.at("spec").at("activeDeadlineSeconds").forbidden("activeDeadlineSeconds in ReplicaSet is not Supported");
        }
    }

    /// A pod spec.
    static void spec(Struct spec, Problems p) {
        spec(spec, Set.of(), p);
    }

    private static void spec(Struct spec, Set<String> claimed, Problems p) {
        Set<String> volumes = new HashSet<>(VolumeProblems.volumes(spec.seq("volumes"), p));
        volumes.addAll(claimed);
        Set<String> names = new HashSet<>();
        if (spec.seq("containers").isEmpty()) {
            p.at("containers").required("");
        }
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                new ContainerProblems(spec, volumes, list).check(containers.struct(i), p.at(list, i), names);
            }
        }
        hostPorts(spec, p);
        p.requiredOneOf(spec, "restartPolicy", RESTART);
        p.requiredOneOf(spec, "dnsPolicy", DNS);
        dns(spec, p);
        scalars(spec, p);
        SchedulingProblems.check(spec, p);
        security(spec.struct("securityContext"), p.at("securityContext"));
    }

    private static void scalars(Struct spec, Problems p) {
        p.notNegative(spec, "terminationGracePeriodSeconds");
        long deadline = spec.whole("activeDeadlineSeconds", 1);
        if (spec.has("activeDeadlineSeconds") && (deadline < 1 || deadline > INT_MAX)) {
            p.at("activeDeadlineSeconds").invalid(deadline, "must be between 1 and 2147483647, inclusive");
        }
        for (String field : List.of("serviceAccountName", "nodeName", "runtimeClassName", "priorityClassName")) {
            if (!spec.text(field).isEmpty()) {
                p.at(field).invalid(spec.text(field), Names.subdomain(spec.text(field)));
            }
        }
        for (String field : List.of("hostname", "subdomain")) {
            if (!spec.text(field).isEmpty()) {
                p.at(field).invalid(spec.text(field), Names.label(spec.text(field)));
            }
        }
        Seq secrets = spec.seq("imagePullSecrets");
        for (int i = 0; i < secrets.size(); i++) {
            if (secrets.struct(i).text("name").isEmpty()) {
                p.at("imagePullSecrets", i).at("name").required("");
            }
        }
        if (spec.flag("shareProcessNamespace") && spec.flag("hostPID")) {
            p.at("shareProcessNamespace").invalid(true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
    }

    private static void dns(Struct spec, Problems p) {
        Seq servers = spec.struct("dnsConfig").seq("nameservers");
        if (spec.text("dnsPolicy").equals("None") && servers.isEmpty()) {
            p.at("dnsConfig").at("nameservers").required("must provide at least one DNS nameserver when `dnsPolicy` is"
                    + " None");
        }
        for (int i = 0; i < servers.size(); i++) {
            if (!Addresses.isIp(servers.text(i))) {
                p.at("dnsConfig").at("nameservers", i).invalid(servers.text(i), Addresses.MUST_BE_IP);
            }
        }
    }

    private static void security(Struct context, Problems p) {
        for (String field : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            long id = context.whole(field, 0);
            if (id < 0 || id > INT_MAX) {
                p.at(field).invalid(id, "must be between 0 and 2147483647, inclusive");
            }
        }
        Seq sysctls = context.seq("sysctls");
        for (int i = 0; i < sysctls.size(); i++) {
            String name = sysctls.struct(i).text("name");
            if (name.isEmpty()) {
                p.at("sysctls", i).at("name").required("");
            } else if (!sysctl(name)) {
                p.at("sysctls", i).at("name").invalid(name,
                        "must have at most 253 characters and match regex ^([a-z0-9]"
                                + "([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            }
        }
        ProfileProblems.check(context, p);
    }

    private static boolean sysctl(String name) {
        for (String part : name.replace('/', '.').split("\\.", -1)) {
            if (part.isEmpty() || !Names.label(part.replace('_', '-')).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static void hostPorts(Struct spec, Problems p) {
        Set<String> taken = new HashSet<>();
        Seq containers = spec.seq("containers");
        for (int i = 0; i < containers.size(); i++) {
            Seq ports = containers.struct(i).seq("ports");
            for (int j = 0; j < ports.size(); j++) {
                Struct port = ports.struct(j);
                String key = port.text("protocol") + "/" + port.text("hostIP") + "/" + port.whole("hostPort", 0);
                Problems at = p.at("containers", i).at("ports", j);
                if (port.whole("hostPort", 0) > 0 && !taken.add(key)) {
                    at.at("hostPort").duplicate(key);
                }
                if (spec.flag("hostNetwork") && port.whole("hostPort", 0) != port.whole("containerPort", 0)) {
                    at.at("containerPort").invalid(port.whole("containerPort", 0),
                            "must match `hostPort` when `hostNetwork` is true");
                }
            }
        }
    }

    /// A problem of a selector that stands at `p`, as `matchLabels` and `matchExpressions`.
    static void selector(Struct selector, Problems p) {
        Problems labels = p.at("matchLabels");
        MetadataRules.labels(selector.struct("matchLabels"), labels.path(), labels.found());
        Seq all = selector.seq("matchExpressions");
        for (int i = 0; i < all.size(); i++) {
            Struct e = all.struct(i);
            Problems at = p.at("matchExpressions", i);
            boolean values = e.seq("values").isEmpty();
            switch (e.text("operator")) {
                case "In", "NotIn" -> {
                    if (values) {
                        at.at("values").required("must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (!values) {
                        at.at("values").forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                default -> at.at("operator").invalid(e.text("operator"), "not a valid selector operator");
            }
            at.at("key").invalid(e.text("key"), Names.qualified(e.text("key")));
        }
    }
}
