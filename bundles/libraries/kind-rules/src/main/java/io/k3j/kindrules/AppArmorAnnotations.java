package io.k3j.kindrules;

import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The annotations of a new pod that named AppArmor profiles of containers before there were fields: what they say is
/// written into the fields, as upstream's `applyAppArmorVersionSkew` does. See
/// <https://kubernetes.io/docs/tutorials/security/apparmor/>. Pure but for the warnings; any thread.
public final class AppArmorAnnotations {
    private static final String PREFIX = "container.apparmor.security.beta.kubernetes.io/";
    private static final String LOCALHOST = "localhost/";
    private static final String CONTEXT = "securityContext";
    private static final String PROFILE = "appArmorProfile";
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");
    /// As upstream's `maxLocalhostProfileLength`, bytes.
    private static final int LONGEST_NAME = 4095;

    private AppArmorAnnotations() {
    }

    /// The pod with fields in place of annotations that have none beside them. Applied to its own result, it changes
    /// nothing. The writer is warned of each annotation that became a field, and of each that cannot become one.
    public static Struct synced(Write write, Struct pod) {
        Struct annotations = pod.struct("metadata").struct("annotations");
        Struct spec = pod.struct("spec");
        if (spec.struct("os").text("name").equals("windows")
                || annotations.names().stream().noneMatch(name -> name.startsWith(PREFIX))) {
            return pod;
        }
        Struct ofPod = spec.struct(CONTEXT).struct(PROFILE);
        Struct s = spec;
        for (String list : LISTS) {
            s = Fill.each(s, list, container -> container(write, annotations, ofPod, container));
        }
        return s == spec ? pod : pod.with("spec", s);
    }

    private static Struct container(Write write, Struct annotations, Struct ofPod, Struct container) {
        String name = PREFIX + container.text("name");
        if (!annotations.has(name) || container.struct(CONTEXT).has(PROFILE)) {
            return container;
        }
        Struct profile = profile(annotations.text(name));
        if (!profile.isEmpty() && profile.equals(ofPod)) {
            return container;
        }
        write.context().warn("metadata.annotations[" + name
                + "]: deprecated since v1.30; use the \"appArmorProfile\" field instead");
        return profile.isEmpty() ? container : container.withAt(profile, CONTEXT, PROFILE);
    }

    /// Empty for a text that names no profile.
    private static Struct profile(String text) {
        String local = text.startsWith(LOCALHOST) ? text.substring(LOCALHOST.length()) : "";
        boolean named = !local.isEmpty() && local.strip().equals(local)
                && local.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
        return switch (text) {
            case "unconfined" -> Struct.of("type", "Unconfined");
            case "runtime/default" -> Struct.of("type", "RuntimeDefault");
            default -> named ? Struct.of("type", "Localhost", "localhostProfile", local) : Struct.EMPTY;
        };
    }
}
