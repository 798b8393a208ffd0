package io.k3j.cricontainerd;

import io.k3j.cricontainerd.MessageTable.Field;
import io.k3j.model.Struct;
import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decodes one response. The nesting is bounded by the table, which has no recursion.
final class MessageReader {
    private final MessageTable table;
    private int values;

    MessageReader(MessageTable table) {
        this.table = table;
    }

    /// @throws MalformedMessage for invalid bytes, or more than [Messages#MAX_VALUES] values
    Struct message(String type, WireIn in) {
        Map<Integer, Field> fields = table.message(type).byNumber();
        Map<String, Object> read = new LinkedHashMap<>();
        for (int number = in.next(); number != 0; number = in.next()) {
            Field field = fields.get(number);
            if (field == null) {
                in.skip();
            } else {
                read.put(field.name(), field(field, read.get(field.name()), in));
            }
        }
        return read.isEmpty() ? Struct.EMPTY : Struct.copyOf(read);
    }

    @SuppressWarnings("unchecked")
    private Object field(Field field, @Nullable Object before, WireIn in) {
        if (field.type().equals("map")) {
            Map<String, String> map = before == null ? new LinkedHashMap<>() : (Map<String, String>) before;
            entry(in.message(), map);
            return map;
        }
        if (!field.many()) {
            return value(field.type(), in);
        }
        List<Object> list = before == null ? new ArrayList<>() : (List<Object>) before;
        if (in.wire() == WireType.LENGTH && isNumber(field.type())) {
            WireIn packed = in.message();
            while (!packed.ended()) {
                list.add(value(field.type(), packed));
            }
        } else {
            list.add(value(field.type(), in));
        }
        return list;
    }

    private boolean isNumber(String type) {
        return switch (type) {
            case "bool", "int32", "int64", "uint32", "uint64" -> true;
            default -> table.isEnum(type);
        };
    }

    private Object value(String type, WireIn in) {
        count();
        return switch (type) {
            case "string" -> in.text();
            case "bytes" -> new String(in.raw(), StandardCharsets.ISO_8859_1);
            case "bool" -> in.number() != 0;
            case "int32" -> (long) (int) in.number();
            case "int64", "uint32", "uint64" -> in.number();
            case "double" -> in.decimal();
            default -> table.isEnum(type) ? table.name(type, in.number()) : message(type, in.message());
        };
    }

    private void entry(WireIn in, Map<String, String> into) {
        count();
        String key = "";
        String value = "";
        for (int number = in.next(); number != 0; number = in.next()) {
            switch (number) {
                case 1 -> key = in.text();
                case 2 -> value = in.text();
                default -> in.skip();
            }
        }
        into.put(key, value);
    }

    private void count() {
        if (++values > Messages.MAX_VALUES) {
            throw new MalformedMessage("more than " + Messages.MAX_VALUES + " values");
        }
    }
}
