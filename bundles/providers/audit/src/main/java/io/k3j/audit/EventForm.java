package io.k3j.audit;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// How events are written down at a sink. Pure.
interface EventForm {
    /// What of an event is written.
    default Struct part(Struct event) {
        return event;
    }

    /// The bytes of a part; null when they are more than may be.
    /// @param json those of its JSON
    byte @Nullable [] bytes(Struct part, byte[] json);

    /// Of a log: a line without its end.
    static EventForm line(AuditOptions.LogOptions file) {
        boolean legacy = file.format().equals("legacy");
        return (event, json) -> {
            byte[] line = legacy ? LegacyFormat.line(event).getBytes(StandardCharsets.UTF_8) : json;
            return line.length < file.mostLineBytes() ? line : null;
        };
    }

    /// Of a webhook: an item of an `EventList`, which says of what kind they are.
    static EventForm item() {
        return new EventForm() {
            @Override
            public Struct part(Struct event) {
                return event.without("kind").without("apiVersion");
            }

            @Override
            public byte[] bytes(Struct part, byte[] json) {
                return json;
            }
        };
    }
}
