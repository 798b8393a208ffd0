package io.k3j.admissionkit;

import static io.k3j.validation.AdmissionConfiguration.require;
import static io.k3j.validation.AdmissionConfiguration.requireKnown;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The PodNodeSelector section of the file `--kube-apiserver-arg=admission-control-config-file`, and the labels that a
/// selector such as `env=test,zone=a` names. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podnodeselector>.
///
/// @param byNamespace the only labels that pods of a namespace may select, where it has some
/// @param otherwise the selector of namespaces without one of their own
public record NodeSelectors(Map<String, Map<String, String>> byNamespace, Map<String, String> otherwise) {
    /// Without a section in the file.
    public static final NodeSelectors NONE = new NodeSelectors(Map.of(), Map.of());
    private static final String SECTION = "podNodeSelectorPluginConfig";
    private static final String DEFAULT = "clusterDefaultNodeSelector";

    /// @throws IllegalArgumentException for a field that nobody knows and for what is no selector
    public static NodeSelectors of(Struct it) {
        requireKnown(it, Set.of(SECTION), "configuration");
        Map<String, Map<String, String>> all = new TreeMap<>();
        for (String name : it.struct(SECTION).names()) {
            all.put(name, labels(SECTION + "." + name, it.struct(SECTION).text(name)));
        }
        Map<String, String> otherwise = all.getOrDefault(DEFAULT, Map.of());
        all.remove(DEFAULT);
        return new NodeSelectors(all, otherwise);
    }

    /// @param where it is written, for the message
    /// @throws IllegalArgumentException for what is no list of `key=value`
    public static Map<String, String> labels(String where, String selector) {
        Map<String, String> labels = new TreeMap<>();
        for (String pair : selector.isEmpty() ? new String[0] : selector.split(",")) {
            String[] words = pair.split("=", -1);
            require(words.length == 2, where + ": invalid selector: " + selector + "; write key=value,key=value");
            String key = words[0].strip();
            String value = words[1].strip();
            require(Names.qualified(key).isEmpty() && Names.labelValue(value).isEmpty(),
                    where + ": invalid selector: " + selector + "; " + pair + " is no label");
            labels.put(key, value);
        }
        return labels;
    }
}
