package io.k3j.featuremodel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Reads and writes small JSON files of objects, lists, strings and booleans; numbers are read as strings.
final class JsonFiles {
    /// Modes of written files and directories.
    static final String FILE = "rw-r--r--";
    static final String DIRECTORY = "rwxr-xr-x";
    /// The largest file that is read: these files name features and jars.
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private JsonFiles() {
    }

    /// The file's object.
    /// @throws FeatureProblem naming the file, when it is not readable or no JSON object
    static Map<String, Object> read(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new FeatureProblem(file + ": larger than " + MAX_FILE_BYTES + " bytes");
            }
            try (JsonParser parser = FACTORY.createParser(Files.readAllBytes(file))) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new FeatureProblem(file + ": not a JSON object");
                }
                return object(parser);
            }
        } catch (IOException e) {
            throw new FeatureProblem(file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            map.put(name, value(parser));
        }
        return map;
    }

    /// Depth is bounded by the parser, size by the file's.
    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> parser.getText();
        };
    }

    /// Writes atomically: after a crash or a power failure the file is either the old or the new one.
    /// @throws FeatureProblem naming the file, when it cannot be written
    static void write(Path file, Map<String, ?> object) {
        try {
            DurableFiles.directories(Objects.requireNonNull(file.toAbsolutePath().getParent()), DIRECTORY);
            DurableFiles.write(file, text(object), FILE);
        } catch (IOException e) {
            throw new FeatureProblem(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static String text(Map<String, ?> object) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(out).useDefaultPrettyPrinter()) {
            write(generator, object);
        }
        return out.append('\n').toString();
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    generator.writeFieldName(entry.getKey().toString());
                    write(generator, entry.getValue());
                }
                generator.writeEndObject();
            }
            case Iterable<?> list -> {
                generator.writeStartArray();
                for (Object element : list) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case Boolean bool -> generator.writeBoolean(bool);
            default -> generator.writeString(value.toString());
        }
    }
}
