package io.k3j.controllerkit;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A label selector as upstream's messages have it, which print Go's value. Pure.
public final class SelectorText {
    private SelectorText() {
    }

    /// The text of a `LabelSelector`, labels in the order of their names.
    public static String of(Struct selector) {
        StringBuilder text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
        for (Map.Entry<String, String> label : new TreeMap<>(selector.struct("matchLabels").texts()).entrySet()) {
            text.append(label.getKey()).append(": ").append(label.getValue()).append(',');
        }
        text.append("},MatchExpressions:[]LabelSelectorRequirement{");
        List<Struct> expressions = selector.seq("matchExpressions").structs();
        for (Struct one : expressions) {
            text.append("LabelSelectorRequirement{Key:").append(one.text("key")).append(",Operator:")
                    .append(one.text("operator")).append(",Values:[")
                    .append(String.join(" ", one.seq("values").texts())).append("],},");
        }
        return text.append("},}").toString();
    }
}
