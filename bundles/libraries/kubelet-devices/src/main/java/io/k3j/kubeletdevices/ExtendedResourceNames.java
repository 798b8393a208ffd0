package io.k3j.kubeletdevices;

import io.k3j.model.Obj;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Which names a plug-in's resource may have: those of extended resources, as the API has them; and which of them a
/// pod has otherwise. Pure. See <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>.
final class ExtendedResourceNames {
    private static final int MOST_PREFIX = 253;
    private static final int MOST_NAME = 63;
    /// A quota on it has this before its name, and is to be a name, too.
    private static final String QUOTA = "requests.";

    private ExtendedResourceNames() {
    }

    /// The resources of which a pod has devices by a claim that the scheduler has made, on a node whose plug-in had
    /// none to give (`status.extendedResourceClaimStatus`).
    static Set<String> claimed(Obj pod) {
        return pod.status().struct("extendedResourceClaimStatus").seq("requestMappings").structs().stream()
                .map(m -> m.text("resourceName")).collect(Collectors.toUnmodifiableSet());
    }

    /// Upstream's `IsExtendedResourceName`.
    static boolean extended(String name) {
        int slash = name.indexOf('/');
        if (slash < 0 || name.contains("kubernetes.io/") || name.startsWith(QUOTA)) {
            return false;
        }
        String prefix = QUOTA + name.substring(0, slash);
        String last = name.substring(slash + 1);
        return prefix.length() <= MOST_PREFIX && last.length() <= MOST_NAME && word(last, true)
                && Arrays.stream(prefix.split("\\.", -1)).allMatch(label -> word(label, false));
    }

    /// Letters, digits and dashes, with a letter or digit at both ends.
    /// @param wide whether capitals, dots and underscores may be in it
    private static boolean word(String text, boolean wide) {
        return !text.isEmpty() && letter(text.charAt(0), wide) && letter(text.charAt(text.length() - 1), wide)
                && text.chars().allMatch(c -> letter(c, wide) || c == '-' || wide && (c == '.' || c == '_'));
    }

    private static boolean letter(int c, boolean wide) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || wide && c >= 'A' && c <= 'Z';
    }
}
