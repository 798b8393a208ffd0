package io.k3j.componenthelpers;

import java.util.List;

/// In which order addresses of a node are tried, by `kubelet-preferred-address-types` of kube-apiserver
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>). Pure.
public final class NodeAddressTypes {
    private static final String ARGUMENT = "--kube-apiserver-arg=kubelet-preferred-address-types=";
    private static final List<String> KNOWN = List.of("InternalIP", "ExternalIP", "Hostname", "InternalDNS",
            "ExternalDNS");

    private NodeAddressTypes() {
    }

    /// Reads the argument.
    ///
    /// @param given its values, each a list with commas: those after the first are added, as upstream
    /// @return empty where it is not given, or names none
    /// @throws IllegalArgumentException for a type that no address has; the message says what to type
    public static List<String> of(List<String> given) {
        List<String> types = given.stream().flatMap(list -> List.of(list.split(",")).stream()).map(String::strip)
                .filter(type -> !type.isEmpty()).toList();
        for (String type : types) {
            if (!KNOWN.contains(type)) {
                throw new IllegalArgumentException(ARGUMENT + String.join(",", given) + ": " + type
                        + " is no type of address; write some of " + String.join(",", KNOWN));
            }
        }
        return types;
    }
}
