package io.k3j.kubeletconfig;

import io.k3j.apimachinery.MergePatch;
import io.k3j.model.Struct;
import java.util.Map;

/// What a kubelet runs by, as `/configz` shows it.
public final class EffectiveConfiguration {
    private EffectiveConfiguration() {
    }

    /// All fields that have a value.
    ///
    /// @param defaults K3s' defaults
    /// @param arguments of the kubelet, by name without dashes: they prevail
    public static Struct of(KubeletDefaults defaults, Map<String, String> arguments) {
        ConfigFields fields = ConfigFields.ofKubelet();
        Struct shown = Struct.EMPTY;
        for (ConfigField field : fields.all()) {
            if (field.preset().isPresent()) {
                shown = shown.withAt(field.preset().get(), field.path());
            }
        }
        shown = MergePatch.apply(shown, defaults.object());
        for (ConfigField field : fields.all()) {
            String given = field.honoured() ? arguments.get(field.flag()) : null;
            if (given != null) {
                shown = shown.withAt(field.type().value(given), field.path());
            }
        }
        return shown.without("apiVersion").without("kind");
    }
}
