package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When the pod template of another object is checked, and what is warned of. Pure.
final class TemplateRules {
    private TemplateRules() {
    }

    /// Whether a template is new, or another one than before. One that stays is not checked again: another release
    /// may have taken it, and its object must still be scaled, be told of and lose its finalizers.
    static boolean written(Write write, Struct object, String... path) {
        @Nullable
        Object now = object.at(path);
        return now == null || !now.equals(write.before().orElse(Struct.EMPTY).at(path));
    }

    /// The warnings for an object with a pod template: of a new one, and of one whose spec is another one than before.
    ///
    /// @param named whether pods get their names and host names from the object's name
    /// @param path of the template
    static List<String> warnings(Write write, Struct object, boolean named, String... path) {
        if (!write.subresource().isEmpty() || !written(write, object, path[0])) {
            return List.of();
        }
        List<String> all = named && write.operation() == Operation.CREATE ? name(object) : new ArrayList<>();
        if (object.at(path) instanceof Struct template) {
            all.addAll(PodWarnings.template(template, String.join(".", path)));
        }
        return all;
    }

    private static List<String> name(Struct object) {
        List<String> all = new ArrayList<>();
        List<String> odd = Names.label(object.struct("metadata").text("name"));
        if (!odd.isEmpty()) {
            all.add("metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a"
                    + " DNS label is recommended: [" + String.join(" ", odd) + "]");
        }
        return all;
    }
}
