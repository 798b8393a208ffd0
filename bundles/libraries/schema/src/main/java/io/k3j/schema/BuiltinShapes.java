package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.schema.Shape.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shapes of the built-in types, made from `schema.bin` one definition at a time. Two threads may make the same one;
/// one of the two equal results stays.
///
/// The form of a definition, a field and a node is told in the build's `BinWriter`; reading has to follow it byte by
/// byte, since nothing in the file says how long a node is.
final class BuiltinShapes {
    /// `values()` copies its array at each call, and this is asked for every node.
    private static final Type[] TYPES = Type.values();
    /// Bits of a node that say which parts follow: nobody asks for them later, so they are not in [Facts].
    private static final int REF = 1;
    private static final int ITEMS = 2;
    private static final int MERGE_KEY = 64;
    private static final int DEFAULT = 2048;
    private static final int ENUM = 4096;
    private final BinFile file;
    /// Those that were looked at, by their position in the index.
    private final AtomicReferenceArray<Definition> definitions;

    BuiltinShapes(BinFile file) {
        this.file = file;
        this.definitions = new AtomicReferenceArray<>(file.definitions);
    }

    /// A definition standing by itself: no field refers to it, so nothing is said of its place.
    Shape shape(int definition) {
        Definition d = definition(definition);
        return new Shape(new Facts(d.type, file.name(definition), Facts.SILENT, null, 0, "", List.of(), null, Seq.EMPTY,
                Facts.format(d.type), SchemaRules.NONE), d);
    }

    /// Type and description of a definition are read here, its fields not yet.
    private Definition definition(int index) {
        Definition known = definitions.get(index);
        if (known == null) {
            known = new Definition(file.body(index));
            definitions.set(index, known);
        }
        return known;
    }

    /// One definition; its fields are read when first asked for. That is what lets a type hold itself.
    private final class Definition implements Body {
        private final Type type;
        private final boolean atomic;
        private final int description;
        /// Where the fields begin in the file.
        private final int fieldsAt;
        private volatile @Nullable FieldTable fields;

        /// Reads what stands before the fields.
        Definition(int at) {
            BinFile.Cursor c = file.new Cursor(at);
            type = TYPES[c.one()];
            atomic = c.one() == 1;
            description = c.small();
            fieldsAt = c.at();
        }

        @Override
        public String description() {
            return file.description(description);
        }

        @Override
        public boolean atomic() {
            return atomic;
        }

        @Override
        public FieldTable fields() {
            FieldTable known = fields;
            if (known == null) {
                known = read();
                fields = known;
            }
            return known;
        }

        /// All fields at once: a node has no length, so none can be skipped.
        private FieldTable read() {
            BinFile.Cursor c = file.new Cursor(fieldsAt);
            int count = c.small();
            List<Field> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(field(c));
            }
            return new FieldTable(list);
        }
    }

    /// Flags of a field: 1 required, 2 pointer, 4 and 16 written with its zero value, 8 written as null.
    private Field field(BinFile.Cursor c) {
        String name = c.text();
        int flags = c.one();
        int depth = c.one();
        List<Integer> numbers = new ArrayList<>(depth);
        for (int i = 0; i < depth; i++) {
            numbers.add(c.small());
        }
        Field.Emission emission = (flags & 8) != 0
                ? Field.Emission.NULL
                : (flags & 20) != 0 ? Field.Emission.ZERO : Field.Emission.OMIT;
        return new Field(name, node(c), (flags & 1) != 0, (flags & 2) != 0, emission, List.copyOf(numbers));
    }

    /// The shape of a value where it stands, with those of its elements in it; what it refers to is not read.
    private Shape node(BinFile.Cursor c) {
        Type type = TYPES[c.one()];
        int flags = c.small();
        int described = c.small();
        int ref = (flags & REF) != 0 ? c.small() : -1;
        Shape items = (flags & ITEMS) != 0 ? node(c) : null;
        String mergeKey = (flags & MERGE_KEY) != 0 ? c.text() : "";
        List<String> mapKeys = (flags & Facts.LIST_MAP) != 0 ? texts(c) : List.of();
        Object otherwise = (flags & DEFAULT) != 0 ? scalar(c.text()) : null;
        Seq choices = (flags & ENUM) != 0 ? Seq.copyOf(texts(c)) : Seq.EMPTY;
        Supplier<String> description = new Description(described);
        Facts facts = new Facts(type, ref < 0 ? "" : file.name(ref), description, items, flags, mergeKey, mapKeys,
                otherwise, choices, Facts.format(type), SchemaRules.NONE);
        return new Shape(facts, ref < 0 ? Body.NONE : new Reference(ref));
    }

    /// A class and no lambda: thousands are made while the server starts, before anything is compiled.
    private final class Description implements Supplier<String> {
        private final int index;

        Description(int index) {
            this.index = index;
        }

        @Override
        public String get() {
            return file.description(index);
        }
    }

    private static List<String> texts(BinFile.Cursor c) {
        int count = c.small();
        List<String> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(c.text());
        }
        return List.copyOf(list);
    }

    /// A default as the build writes it: JSON of a scalar, and a string in it has no escapes.
    private static Object scalar(String json) {
        if (json.startsWith("\"")) {
            return json.substring(1, json.length() - 1);
        }
        return switch (json) {
            case "true" -> true;
            case "false" -> false;
            default -> Long.valueOf(json);
        };
    }

    /// A definition that is looked up when first needed: reading a kind would else read all types below it.
    private final class Reference implements Body {
        private final int index;
        private @Nullable Definition found;

        Reference(int index) {
            this.index = index;
        }

        /// Without a lock: everybody finds the same definition, or an equal one.
        private Definition get() {
            Definition d = found;
            if (d == null) {
                d = definition(index);
                found = d;
            }
            return d;
        }

        @Override
        public String description() {
            return get().description();
        }

        @Override
        public boolean atomic() {
            return get().atomic();
        }

        @Override
        public FieldTable fields() {
            return get().fields();
        }
    }
}
