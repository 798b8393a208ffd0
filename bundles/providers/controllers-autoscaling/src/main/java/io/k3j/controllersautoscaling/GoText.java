package io.k3j.controllersautoscaling;

import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A metric's selector as Go prints it into upstream's messages. Pure.
final class GoText {
    private GoText() {
    }

    static String of(Struct metric) {
        if (!metric.has("selector")) {
            return "nil";
        }
        Struct selector = metric.struct("selector");
        Map<String, String> labels = new TreeMap<>(selector.struct("matchLabels").texts());
        String expressions = selector.seq("matchExpressions").structs().stream()
                .map(e -> "LabelSelectorRequirement{Key:" + e.text("key") + ",Operator:" + e.text("operator")
                        + ",Values:[" + String.join(" ", e.seq("values").texts()) + "],},")
                .collect(Collectors.joining());
        return "&LabelSelector{MatchLabels:map[string]string{" + labels.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue() + ",").collect(Collectors.joining())
                + "},MatchExpressions:[]LabelSelectorRequirement{" + expressions + "},}";
    }
}
