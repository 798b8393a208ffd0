package io.k3j.podsecurity;

import io.k3j.admissionkit.PluginConfiguration;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import io.k3j.validation.AdmissionConfiguration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The PodSecurity section of the file `--kube-apiserver-arg=admission-control-config-file`: levels for namespaces
/// without labels, and exemptions. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/>.
/// @param defaults levels and versions, keyed by the namespace label each one stands for
/// @param usernames users whose pods are not checked
/// @param namespaces namespaces whose pods are not checked
/// @param runtimeClasses runtime classes whose pods are not checked
public record PodSecurityConfiguration(Map<String, String> defaults, Set<String> usernames, Set<String> namespaces,
        Set<String> runtimeClasses) {
    /// The configuration without a file: unlabelled namespaces are privileged, nothing is exempt.
    public static final PodSecurityConfiguration NONE = new PodSecurityConfiguration(Map.of(), Set.of(), Set.of(),
            Set.of());
    private static final String GROUP = "pod-security.admission.config.k8s.io/";
    private static final Set<String> MODES = Set.of("enforce", "audit", "warn");

    /// Reads the file named by the API server's arguments; [#NONE] when they name none.
    /// @throws IllegalArgumentException for an unreadable or invalid file; the message names file and field
    public static PodSecurityConfiguration of(String... arguments) {
        return PluginConfiguration.of("PodSecurity", PodSecurityConfiguration::plugin, arguments).orElse(NONE);
    }

    private static PodSecurityConfiguration plugin(Struct it) {
        AdmissionConfiguration.require(
                it.text("apiVersion").startsWith(GROUP) && it.text("kind").equals("PodSecurityConfiguration"),
                "the configuration of PodSecurity must be a PodSecurityConfiguration of " + GROUP + "v1");
        AdmissionConfiguration.requireKnown(it, Set.of("apiVersion", "kind", "defaults", "exemptions"),
                "configuration");
        Struct exempt = it.struct("exemptions");
        AdmissionConfiguration.requireKnown(exempt, Set.of("usernames", "namespaces", "runtimeClasses"), "exemptions");
        return new PodSecurityConfiguration(defaults(it.struct("defaults")), texts(exempt, "usernames"),
                texts(exempt, "namespaces"), texts(exempt, "runtimeClasses"));
    }

    private static Map<String, String> defaults(Struct it) {
        Map<String, String> labels = new HashMap<>();
        for (String name : it.names()) {
            AdmissionConfiguration.require(MODES.contains(name.replace("-version", "")),
                    "unknown field \"defaults." + name + "\"");
            labels.put("pod-security.kubernetes.io/" + name, it.text(name));
        }
        PodSecurityLevel.problem(labels).ifPresent(why -> {
            throw new IllegalArgumentException(
                    why.toString().replace("metadata.labels[pod-security.kubernetes.io/", "defaults["));
        });
        return Map.copyOf(labels);
    }

    private static Set<String> texts(Struct it, String name) {
        return Set.copyOf(it.seq(name).texts());
    }

    /// Why a pod of a write is not checked, in upstream's words.
    public Optional<String> exemption(Write write, Struct pod) {
        if (namespaces.contains(write.key().namespace())) {
            return Optional.of("namespace");
        }
        if (usernames.contains(write.caller().user())) {
            return Optional.of("user");
        }
        return runtimeClasses.contains(pod.struct("spec").text("runtimeClassName")) ? Optional.of("runtimeClass")
                : Optional.empty();
    }
}
