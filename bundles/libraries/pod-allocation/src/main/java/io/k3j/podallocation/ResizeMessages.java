package io.k3j.podallocation;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Collectors;

/// What events of a resize say: words for people, then the resources as JSON, upstream's `events/resize.go`. Pure.
final class ResizeMessages {
    private ResizeMessages() {
    }

    /// @param what has become of the resize
    /// @param pod with the resources that are meant
    /// @param generation of the pod that asked for them
    /// @param error empty for none
    static String of(String what, Obj pod, long generation, String error) {
        StringBuilder json = new StringBuilder("{");
        for (String list : List.of("initContainers", "containers")) {
            Seq containers = pod.spec().seq(list);
            if (!containers.isEmpty()) {
                json.append(quoted(list)).append(":[").append(containers.structs().stream()
                        .map(ResizeMessages::container).collect(Collectors.joining(","))).append("],");
            }
        }
        json.append("\"generation\":").append(generation);
        if (!error.isEmpty()) {
            json.append(",\"error\":").append(quoted(error));
        }
        return "Pod resize " + what + ": " + json.append("}");
    }

    private static String container(Struct container) {
        Struct resources = container.struct("resources");
        String parts = List.of("limits", "requests").stream().filter(kind -> !resources.struct(kind).isEmpty())
                .map(kind -> quoted(kind) + ":{" + amounts(resources.struct(kind)) + "}")
                .collect(Collectors.joining(","));
        String claims = resources.seq("claims").structs().stream().map(ResizeMessages::claim)
                .collect(Collectors.joining(","));
        String all = claims.isEmpty() ? parts : parts + (parts.isEmpty() ? "" : ",") + "\"claims\":[" + claims + "]";
        return "{\"name\":" + quoted(container.text("name")) + ",\"resources\":{" + all + "}}";
    }

    private static String claim(Struct claim) {
        String request = claim.text("request");
        return "{\"name\":" + quoted(claim.text("name"))
                + (request.isEmpty() ? "" : ",\"request\":" + quoted(request)) + "}";
    }

    private static String amounts(Struct amounts) {
        return amounts.names().stream().sorted().map(n -> quoted(n) + ":" + quoted(String.valueOf(amounts.get(n))))
                .collect(Collectors.joining(","));
    }

    /// As Go writes text that may be shown in a page.
    private static String quoted(String text) {
        StringBuilder b = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> b.append('\\').append(c);
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                case '<', '>', '&' -> b.append(escaped(c));
                default -> b.append(c < ' ' ? escaped(c) : String.valueOf(c));
            }
        }
        return b.append('"').toString();
    }

    private static String escaped(char c) {
        return "\\u00" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16);
    }
}
