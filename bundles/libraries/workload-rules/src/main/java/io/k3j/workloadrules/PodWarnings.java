package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.corevalidation.OldNodeLabels;
import io.k3j.kindrules.PathOverlaps;
import io.k3j.kindrules.PortWarnings;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Upstream's warnings for pods and templates (`pkg/api/pod/warnings.go`). Pure.
///
/// @param path what stands before `spec` and `metadata`: nothing, or the template's place with a dot
/// @param all the warnings so far
record PodWarnings(Struct spec, Struct metadata, String path, List<String> all) {
    private static final String SECCOMP = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/";
    private static final String APP_ARMOR_OF = "container.apparmor.security.beta.kubernetes.io/";
    private static final Map<String, String> OLD_ANNOTATIONS = oldAnnotations();
    private static final Map<String, String> OLD_VOLUMES = oldVolumes();
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");
    private static final List<String> BYTES = List.of("memory", "ephemeral-storage");
    private static final String NO_PODS = ": a null labelSelector results in matching no pod";

    private static Map<String, String> oldAnnotations() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("scheduler.alpha.kubernetes.io/critical-pod",
                "non-functional in v1.16+; use the \"priorityClassName\" field instead");
        map.put("security.alpha.kubernetes.io/sysctls",
                "non-functional in v1.11+; use the \"sysctls\" field instead");
        map.put("security.alpha.kubernetes.io/unsafe-sysctls",
                "non-functional in v1.11+; use the \"sysctls\" field instead");
        return map;
    }

    private static Map<String, String> oldVolumes() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+");
        map.put("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+");
        map.put("scaleIO", "deprecated in v1.16, non-functional in v1.22+");
        map.put("flocker", "deprecated in v1.22, non-functional in v1.25+");
        map.put("storageos", "deprecated in v1.22, non-functional in v1.25+");
        map.put("quobyte", "deprecated in v1.22, non-functional in v1.25+");
        map.put("glusterfs", "deprecated in v1.25, non-functional in v1.26+");
        map.put("cephfs", "deprecated in v1.28, non-functional in v1.31+");
        map.put("rbd", "deprecated in v1.28, non-functional in v1.31+");
        return map;
    }

    /// The warnings for a new pod.
    static List<String> pod(Struct pod) {
        List<String> found = new ArrayList<>();
        List<String> odd = Names.label(pod.struct("metadata").text("name"));
        if (!odd.isEmpty()) {
            found.add("metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a"
                    + " DNS label is recommended: [" + String.join(" ", odd) + "]");
        }
        new PodWarnings(pod.struct("spec"), pod.struct("metadata"), "", found).collect();
        return found;
    }

    /// The warnings for a template.
    ///
    /// @param at its place, as `spec.template`
    static List<String> template(Struct template, String at) {
        List<String> found = new ArrayList<>();
        new PodWarnings(template.struct("spec"), template.struct("metadata"), at + ".", found).collect();
        return found;
    }

    private void collect() {
        nodes();
        spread();
        annotations();
        volumes();
        PathOverlaps.warn(spec.seq("volumes"), all);
        duplicates("hostAliases", "ip", "duplicate ip");
        duplicates("imagePullSecrets", "name", "duplicate name");
        Seq secrets = spec.seq("imagePullSecrets");
        for (int i = 0; i < secrets.size(); i++) {
            if (secrets.struct(i).text("name").isEmpty()) {
                add("imagePullSecrets[" + i + "].name", "invalid empty name \"\"");
            }
        }
        fractions(spec.struct("overhead"), "overhead");
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                container(containers.struct(i), list + "[" + i + "]");
            }
        }
        PortWarnings.of(spec, path + "spec.", all);
        if (spec.whole("terminationGracePeriodSeconds", 0) < 0) {
            add("terminationGracePeriodSeconds", "must be >= 0; negative values are invalid and will be treated as 1");
        }
        affinity("podAffinity");
        affinity("podAntiAffinity");
        addresses();
    }

    private void addresses() {
        Seq servers = spec.struct("dnsConfig").seq("nameservers");
        for (int i = 0; i < servers.size(); i++) {
            all.addAll(AddressProblems.ipWarnings(path + "spec.dnsConfig.nameservers[" + i + "]", servers.text(i)));
        }
        Seq aliases = spec.seq("hostAliases");
        for (int i = 0; i < aliases.size(); i++) {
            all.addAll(AddressProblems.ipWarnings(path + "spec.hostAliases[" + i + "].ip",
                    aliases.struct(i).text("ip")));
        }
    }

    private void add(String field, String why) {
        all.add(path + "spec." + field + ": " + why);
    }

    private void nodes() {
        for (String label : spec.struct("nodeSelector").names()) {
            if (!OldNodeLabels.warning(label).isEmpty()) {
                add("nodeSelector[" + label + "]", OldNodeLabels.warning(label));
            }
        }
        Struct affinity = spec.struct("affinity").struct("nodeAffinity");
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        Seq terms = affinity.struct(required).seq("nodeSelectorTerms");
        for (int i = 0; i < terms.size(); i++) {
            term(terms.struct(i), false, required + ".nodeSelectorTerms[" + i + "]");
        }
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        Seq weighted = affinity.seq(preferred);
        for (int i = 0; i < weighted.size(); i++) {
            term(weighted.struct(i).struct("preference"), true, preferred + "[" + i + "].preference");
        }
    }

    /// @param values whether values that no label can have are told of; where they are required, they are refused
    private void term(Struct term, boolean values, String at) {
        Seq expressions = term.seq("matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            String field = "affinity.nodeAffinity." + at + ".matchExpressions[" + i + "]";
            String key = expressions.struct(i).text("key");
            if (!OldNodeLabels.warning(key).isEmpty()) {
                add(field + ".key", key + " is " + OldNodeLabels.warning(key));
            }
            List<String> texts = values ? expressions.struct(i).seq("values").texts() : List.of();
            for (int j = 0; j < texts.size(); j++) {
                String value = field + ".values[" + j + "]";
                Names.labelValue(texts.get(j)).forEach(why -> add(value, why));
            }
        }
    }

    private void spread() {
        Seq constraints = spec.seq("topologySpreadConstraints");
        for (int i = 0; i < constraints.size(); i++) {
            String at = "topologySpreadConstraints[" + i + "]";
            String key = constraints.struct(i).text("topologyKey");
            if (!OldNodeLabels.warning(key).isEmpty()) {
                add(at + ".topologyKey", key + " is " + OldNodeLabels.warning(key));
            }
            if (!constraints.struct(i).has("labelSelector")) {
                all.add(path + "spec." + at + ".labelSelector" + NO_PODS);
            }
        }
    }

    private void annotations() {
        Struct annotations = metadata.struct("annotations");
        OLD_ANNOTATIONS.forEach((name, why) -> {
            if (annotations.has(name)) {
                annotation(name, why);
            }
        });
        if (annotations.has(SECCOMP) && !spec.struct("securityContext").has("seccompProfile")) {
            annotation(SECCOMP, "non-functional in v1.27+; use the \"seccompProfile\" field instead");
        }
    }

    private void annotation(String name, String why) {
        all.add(path + "metadata.annotations[" + name + "]: " + why);
    }

    private void volumes() {
        Seq volumes = spec.seq("volumes");
        for (int i = 0; i < volumes.size(); i++) {
            for (Map.Entry<String, String> old : OLD_VOLUMES.entrySet()) {
                if (volumes.struct(i).has(old.getKey())) {
                    add("volumes[" + i + "]." + (old.getKey().equals("storageos") ? "storageOS" : old.getKey()),
                            old.getValue());
                }
            }
            Struct template = volumes.struct(i).struct("ephemeral").struct("volumeClaimTemplate");
            claim(template.struct("spec"), path + "spec.volumes[" + i + "].ephemeral.volumeClaimTemplate.spec", all);
        }
    }

    private void duplicates(String list, String field, String what) {
        Seq items = spec.seq(list);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            String text = items.struct(i).text(field);
            if (!seen.add(text)) {
                add(list + "[" + i + "]." + field, what + " \"" + text + "\"");
            }
        }
    }

    private void container(Struct container, String at) {
        Struct context = container.struct("securityContext");
        String name = container.text("name");
        Struct annotations = metadata.struct("annotations");
        if (annotations.has(SECCOMP_OF + name) && !context.has("seccompProfile")) {
            annotation(SECCOMP_OF + name, "non-functional in v1.27+; use the \"seccompProfile\" field instead");
        }
        // of those of a pod it is told where they become fields
        if (!path.isEmpty() && annotations.has(APP_ARMOR_OF + name) && !context.has("appArmorProfile")
                && !sameProfile(annotations.text(APP_ARMOR_OF + name))) {
            annotation(APP_ARMOR_OF + name, "deprecated since v1.30; use the \"appArmorProfile\" field instead");
        }
        fractions(container.struct("resources").struct("limits"), at + ".resources.limits");
        fractions(container.struct("resources").struct("requests"), at + ".resources.requests");
        Seq env = container.seq("env");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < env.size(); i++) {
            Struct e = env.struct(i);
            String reference = "$(" + e.text("name") + ")";
            boolean builds = !e.has("valueFrom") && !e.text("value").equals(reference)
                    && e.text("value").contains(reference);
            if (!seen.add(e.text("name")) && !builds) {
                add(at + ".env[" + i + "]", "hides previous definition of \"" + e.text("name")
                        + "\", which may be dropped when using apply");
            }
        }
    }

    /// Whether an annotation says what the pod as a whole says.
    private boolean sameProfile(String annotation) {
        Struct profile = spec.struct("securityContext").struct("appArmorProfile");
        return annotation.equals(switch (profile.text("type")) {
            case "Unconfined" -> "unconfined";
            case "RuntimeDefault" -> "runtime/default";
            default -> "localhost/" + profile.text("localhostProfile");
        }) && !profile.isEmpty();
    }

    private void fractions(Struct amounts, String at) {
        BYTES.forEach(name -> fraction(amounts, name, path + "spec." + at, all));
    }

    /// Adds the warnings for a claim that is made of a template.
    ///
    /// @param at its place
    static void claim(Struct spec, String at, List<String> all) {
        for (String amounts : List.of("requests", "limits")) {
            fraction(spec.struct("resources").struct(amounts), "storage", at + ".resources." + amounts, all);
        }
    }

    private static void fraction(Struct amounts, String name, String at, List<String> all) {
        try {
            Quantity amount = Quantity.of(amounts.get(name));
            if (amount.amount().stripTrailingZeros().scale() > 0) {
                all.add(at + "[" + name + "]: fractional byte value \"" + amount
                        + "\" is invalid, must be an integer");
            }
        } catch (IllegalArgumentException e) {
            // in a template that another release has taken
        }
    }

    private void affinity(String kind) {
        Struct affinity = spec.struct("affinity").struct(kind);
        String at = path + "spec.affinity." + kind + ".";
        for (String when : List.of("required", "preferred")) {
            String list = when + "DuringSchedulingIgnoredDuringExecution";
            String below = when.equals("required") ? "" : ".podAffinityTerm";
            Seq terms = affinity.seq(list);
            for (int i = 0; i < terms.size(); i++) {
                Struct term = below.isEmpty() ? terms.struct(i) : terms.struct(i).struct("podAffinityTerm");
                if (!term.has("labelSelector")) {
                    all.add(at + list + "[" + i + "]" + below + ".labelSelector" + NO_PODS);
                }
            }
        }
    }
}
