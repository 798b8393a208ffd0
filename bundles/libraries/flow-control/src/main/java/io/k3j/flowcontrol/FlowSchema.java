package io.k3j.flowcontrol;

import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.List;

/// A flow schema, ready to be compared with requests. Immutable; any thread.
final class FlowSchema {
    /// The order in which schemas are tried.
    static final Comparator<FlowSchema> ORDER = Comparator.<FlowSchema>comparingLong(s -> s.precedence)
            .thenComparing(s -> s.name);
    private final String name;
    private final String uid;
    private final String level;
    private final long precedence;
    private final String distinguisher;
    private final List<PolicyRulesWithSubjects> rules;

    private FlowSchema(String name, String uid, Struct spec) {
        this.name = name;
        this.uid = uid;
        this.level = spec.struct("priorityLevelConfiguration").text("name");
        this.precedence = spec.whole("matchingPrecedence", 1_000);
        this.distinguisher = spec.struct("distinguisherMethod").text("type");
        this.rules = spec.seq("rules").structs().stream().map(PolicyRulesWithSubjects::of).toList();
    }

    /// Reads an object.
    /// @param object with name, uid and spec
    static FlowSchema of(Struct object) {
        Struct metadata = object.struct("metadata");
        return new FlowSchema(metadata.text("name"), metadata.text("uid"), object.struct("spec"));
    }

    String name() {
        return name;
    }

    String uid() {
        return uid;
    }

    /// The name of its priority level, which need not exist.
    String level() {
        return level;
    }

    List<PolicyRulesWithSubjects> rules() {
        return rules;
    }

    /// What tells the flows of this schema apart; the same for all requests where nothing does.
    String distinguisher(RequestDigest request) {
        return switch (distinguisher) {
            case "ByUser" -> request.caller().user();
            case "ByNamespace" -> request.namespace();
            default -> "";
        };
    }
}
