package io.k3j.testkitcsi;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Messages as trees, with the names of a [ProtoFile]: enums are numbers, maps are structs. A field that the release
/// does not have is a failure of the test.
final class ProtoMessages {
    private final ProtoFile file;

    ProtoMessages(ProtoFile file) {
        this.file = file;
    }

    Struct read(String message, byte[] bytes) {
        return read(message, new WireIn(bytes));
    }

    @SuppressWarnings("unchecked")
    private Struct read(String message, WireIn in) {
        Map<Integer, ProtoFile.Field> fields = file.message(message);
        Map<String, Object> read = new LinkedHashMap<>();
        for (int number = in.next(); number != 0; number = in.next()) {
            ProtoFile.Field field = fields.get(number);
            if (field == null) {
                throw new AssertionError(message + " has no field " + number);
            }
            if (field.type().equals("map")) {
                entry(in.message(),
                        (Map<String, Object>) read.computeIfAbsent(field.name(), _ -> new LinkedHashMap<>()));
            } else if (field.many()) {
                ((List<Object>) read.computeIfAbsent(field.name(), _ -> new ArrayList<>())).add(value(field, in));
            } else {
                read.put(field.name(), value(field, in));
            }
        }
        return read.isEmpty() ? Struct.EMPTY : Struct.copyOf(read);
    }

    private static void entry(WireIn in, Map<String, Object> into) {
        String key = "";
        String value = "";
        for (int number = in.next(); number != 0; number = in.next()) {
            if (number == 1) {
                key = in.text();
            } else {
                value = in.text();
            }
        }
        into.put(key, value);
    }

    private Object value(ProtoFile.Field field, WireIn in) {
        return switch (field.type()) {
            case "string" -> in.text();
            case "bool" -> in.number() != 0;
            case "int32", "int64", "uint64" -> in.number();
            default -> {
                String whole = file.resolve(field);
                yield file.isEnum(whole) ? (Object) in.number() : read(whole, in.message());
            }
        };
    }

    byte[] write(String message, Struct tree) {
        WireOut out = new WireOut(256);
        write(out, message, tree);
        return out.bytes();
    }

    private void write(WireOut out, String message, Struct tree) {
        for (ProtoFile.Field field : file.message(message).values()) {
            Object value = tree.get(field.name());
            if (value instanceof Seq list && field.many()) {
                for (int i = list.size() - 1; i >= 0; i--) {
                    one(out, field, list.get(i));
                }
            } else if (value != null) {
                one(out, field, value);
            }
        }
    }

    private void one(WireOut out, ProtoFile.Field field, Object value) {
        switch (value) {
            case String s -> out.text(field.number(), s);
            case Long n -> out.number(field.number(), n);
            case Boolean b -> out.number(field.number(), b ? 1 : 0);
            case Struct map when field.type().equals("map") -> map.texts().forEach((key, text) -> {
                int mark = out.mark();
                out.text(2, text);
                out.text(1, key);
                out.message(field.number(), mark);
            });
            case Struct s -> {
                int mark = out.mark();
                write(out, file.resolve(field), s);
                out.message(field.number(), mark);
            }
            default -> throw new AssertionError(field.name() + " cannot be " + value);
        }
    }
}
