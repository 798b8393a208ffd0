package io.k3j.stockrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Whether JSON says what a message says, by the rules of Kubernetes' JSON form.
final class JsonForm {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'",
            Locale.ROOT).withZone(ZoneOffset.UTC);
    /// Messages whose fields stand in their parent in JSON.
    private static final Set<String> INLINE = Set.of("volumeSource", "persistentVolumeSource", "handler",
            "ephemeralContainerCommon", "localObjectReference", "ruleWithOperations", "ingressRuleValue",
            "deviceConfiguration");

    private JsonForm() {
    }

    /// The path of the first field that the JSON lacks or has otherwise; empty when it says all of the message.
    static String missing(Message message, JsonNode json) {
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            String name = field.getKey().getName();
            boolean inline = INLINE.contains(name) || name.equals("rule") && !json.has("rule");
            String below;
            if (inline && field.getValue() instanceof Message part) {
                below = missing(part, json);
            } else {
                JsonNode there = json.path(jsonName(name));
                below = field.getKey().isMapField() ? entries((List<?>) field.getValue(), there)
                        : difference(field.getValue(), there);
            }
            if (!below.isEmpty()) {
                return "." + name + below;
            }
        }
        return "";
    }

    private static String jsonName(String name) {
        return name.equals("Port") ? name : name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    private static String entries(List<?> entries, JsonNode json) {
        for (Object entry : entries) {
            Message e = (Message) entry;
            Object value = e.getField(e.getDescriptorForType().findFieldByName("value"));
            String key = (String) e.getField(e.getDescriptorForType().findFieldByName("key"));
            String below = difference(value, json.path(key));
            if (!below.isEmpty()) {
                return "[" + key + "]" + below;
            }
        }
        return "";
    }

    private static String difference(Object value, JsonNode json) {
        return switch (value) {
            case List<?> list -> items(list, json);
            case Message message -> nested(message, json);
            case ByteString bytes -> same(Base64.getEncoder().encodeToString(bytes.toByteArray()), json);
            case Boolean b when !b && json.isMissingNode() -> "";
            case Number n when n.longValue() == 0 && json.isMissingNode() -> "";
            case String s when s.isEmpty() && json.isMissingNode() -> "";
            default -> same(value.toString(), json);
        };
    }

    private static String items(List<?> list, JsonNode json) {
        for (int i = 0; i < list.size(); i++) {
            String below = difference(list.get(i), json.path(i));
            if (!below.isEmpty()) {
                return "[" + i + "]" + below;
            }
        }
        return "";
    }

    private static String nested(Message message, JsonNode json) {
        return switch (message.getDescriptorForType().getName()) {
            case "Time" -> same(instant(message).toString(), json);
            case "MicroTime" -> same(MICROS.format(instant(message)), json);
            case "Quantity" -> same(field(message, "string").toString(), json);
            case "IntOrString" -> same(field(message, field(message, "type").equals(1L) ? "strVal" : "intVal")
                    .toString(), json);
            case "FieldsV1" -> parsed((ByteString) field(message, "Raw"), json);
            case "RawExtension" -> parsed((ByteString) field(message, "raw"), json);
            case "ExtraValue" -> items((List<?>) field(message, "items"), json);
            default -> missing(message, json);
        };
    }

    private static Instant instant(Message time) {
        return Instant.ofEpochSecond((Long) field(time, "seconds"), (Integer) field(time, "nanos"));
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    private static String parsed(ByteString raw, JsonNode json) {
        try {
            JsonNode wanted = MAPPER.readTree(raw.toStringUtf8());
            return wanted.equals(json) ? "" : ": " + json + " instead of " + wanted;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String same(String wanted, JsonNode json) {
        return json.isValueNode() && json.asText().equals(wanted) ? "" : ": " + json + " instead of " + wanted;
    }
}
