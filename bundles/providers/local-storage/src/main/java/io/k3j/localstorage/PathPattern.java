package io.k3j.localstorage;

import io.k3j.model.Obj;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// The directory of a volume by the parameter `pathPattern` of its class, a template of Go of which the fields are
/// there: `{{ .PVName }}`, `{{ .PVC.Name }}`, `{{ .PVC.Annotations.x }}`, `{{ index .PVC.Labels "x" }}`. See
/// <https://github.com/rancher/local-path-provisioner#storage-classes>. Pure.
///
/// It lies in a directory of the claim, `NAMESPACE/NAME/`, unless `allowUnsafePathPattern` says otherwise, and never
/// outside of the paths of the configuration.
final class PathPattern {
    private static final String PARAMETER = "pathPattern";
    private static final String UNSAFE = "allowUnsafePathPattern";
    private static final Set<String> YES = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FIELDS = Set.of("Name", "Namespace", "UID", "GenerateName");
    private static final String INDEX = "index ";
    private final String volume;
    private final Obj claim;

    private PathPattern(String volume, Obj claim) {
        this.volume = volume;
        this.claim = claim;
    }

    /// The volume's directory below a path of the configuration: one name, or several with `/` between them.
    ///
    /// @param volume its name
    /// @throws IllegalArgumentException for a pattern that leads to none, in upstream's words where it has some
    static String directory(String volume, Obj claim, Obj storageClass) {
        String pattern = storageClass.tree().struct("parameters").text(PARAMETER);
        if (pattern.isEmpty()) {
            return VolumePlan.directory(volume, claim.namespace(), claim.name());
        }
        String text = new PathPattern(volume, claim).filled(pattern);
        String own = claim.namespace() + "/" + claim.name() + "/";
        if (!unsafe(storageClass) && !text.startsWith(own)) {
            throw new IllegalArgumentException("failed to create path from pattern " + pattern
                    + ": pathPattern must start with {{ .PVC.Namespace }}/{{ .PVC.Name }}/: " + text);
        }
        String directory = Path.of("/", text.replace('\0', ' ')).toString().substring(1);
        if (!plain(directory)) {
            throw new IllegalArgumentException("folder path contains invalid references: " + text
                    + "; its parts may have letters, digits, -, _ and ., and not begin with a dot");
        }
        return directory;
    }

    /// Whether a class lets its volumes lie where its pattern says, whosever claim they are of.
    static boolean unsafe(Obj storageClass) {
        return YES.contains(storageClass.tree().struct("parameters").text(UNSAFE,
                storageClass.annotations().getOrDefault(UNSAFE, "")));
    }

    /// Whether a directory is one that a pattern may lead to.
    /// @param directory relative
    static boolean plain(String directory) {
        for (String part : directory.split("/", -1)) {
            boolean fits = !part.isEmpty() && part.charAt(0) != '.' && part.chars()
                    .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0));
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private String filled(String pattern) {
        StringBuilder all = new StringBuilder();
        int from = 0;
        for (int open = pattern.indexOf("{{"); open >= 0; open = pattern.indexOf("{{", from)) {
            int close = pattern.indexOf("}}", open);
            if (close < 0) {
                throw new IllegalArgumentException("failed to create path from pattern " + pattern
                        + ": unclosed action");
            }
            all.append(pattern, from, open).append(value(pattern.substring(open + 2, close).strip()));
            from = close + 2;
        }
        return all.append(pattern, from, pattern.length()).toString();
    }

    private String value(String action) {
        if (action.equals(".PVName")) {
            return volume;
        }
        if (action.startsWith(".PVC.") && FIELDS.contains(action.substring(5))) {
            String field = action.substring(5);
            return field.equals("UID")
                    ? claim.uid()
                    : claim.tree().struct("metadata").text(Character.toLowerCase(field.charAt(0)) + field.substring(1));
        }
        for (Map.Entry<String, Map<String, String>> map : Map
                .of(".PVC.Labels", claim.labels(), ".PVC.Annotations", claim.annotations()).entrySet()) {
            String dotted = map.getKey() + ".";
            if (action.startsWith(dotted) && map.getValue().containsKey(action.substring(dotted.length()))) {
                return map.getValue().getOrDefault(action.substring(dotted.length()), "");
            }
            String indexed = INDEX + map.getKey() + " \"";
            if (action.startsWith(indexed) && action.indexOf('"', indexed.length()) == action.length() - 1) {
                return map.getValue().getOrDefault(action.substring(indexed.length(), action.length() - 1), "");
            }
        }
        throw new IllegalArgumentException("pathPattern: {{ " + action + " }} is nothing of this claim; there are"
                + " .PVName, .PVC.Name, .PVC.Namespace, .PVC.UID, .PVC.Labels.x, .PVC.Annotations.x and"
                + " index .PVC.Annotations \"x\"");
    }
}
