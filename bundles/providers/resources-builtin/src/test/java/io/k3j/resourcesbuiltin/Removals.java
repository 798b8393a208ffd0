package io.k3j.resourcesbuiltin;

import io.k3j.codec.Document;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The objects of `required-objects.yaml`, each once without each field that OpenAPI calls required.
final class Removals {
    private final List<Removal> all = new ArrayList<>();
    private final int number;
    private final String kind;

    /// @param of the number of the object, from 0
    /// @param path the field that was removed
    record Removal(int of, String kind, String path, Struct object) {
        /// How `required-answers.txt` names it.
        String name() {
            return of + " " + kind + " " + path;
        }
    }

    private Removals(int number, String kind) {
        this.number = number;
        this.kind = kind;
    }

    static List<Struct> objects() throws IOException {
        try (InputStream in = Removals.class.getResourceAsStream("required-objects.yaml")) {
            return Yaml.documents(in.readAllBytes()).stream().map(Document::object).toList();
        }
    }

    static List<Removal> all(Kit kit) throws IOException {
        List<Removal> all = new ArrayList<>();
        List<Struct> objects = objects();
        for (int i = 0; i < objects.size(); i++) {
            Removals walk = new Removals(i, objects.get(i).text("kind"));
            walk.struct(kit.kind(objects.get(i)).shape(), objects.get(i), "", s -> s);
            all.addAll(walk.all);
        }
        return all;
    }

    private void struct(Shape shape, Struct s, String path, Function<Struct, Struct> put) {
        for (Field field : shape.fields()) {
            String name = field.name();
            Object value = s.get(name);
            if (value != null && !name.equals("metadata") && !name.equals("status")) {
                String at = path.isEmpty() ? name : path + "." + name;
                if (field.required()) {
                    all.add(new Removal(number, kind, at, put.apply(s.without(name))));
                }
                value(field.shape(), value, at, v -> put.apply(s.with(name, v)));
            }
        }
    }

    private void value(Shape shape, Object value, String path, Function<Object, Struct> put) {
        switch (value) {
            case Struct s when shape.type() == Shape.Type.MAP ->
                s.forEach((key, v) -> value(shape.items(), v, path + "[" + key + "]", n -> put.apply(s.with(key, n))));
            case Struct s -> struct(shape, s, path, put::apply);
            case Seq list -> {
                for (int i = 0; i < list.size(); i++) {
                    int at = i;
                    value(shape.items(), list.get(i), path + "[" + i + "]", n -> put.apply(list.with(at, n)));
                }
            }
            default -> {
            }
        }
    }
}
