package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// When the pod template of another object is checked. Pure.
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
}
