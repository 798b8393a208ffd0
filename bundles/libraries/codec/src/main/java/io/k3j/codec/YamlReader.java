package io.k3j.codec;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.FieldPaths;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.YamlUnicodeReader;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Builds trees from a parser's events. An alias is the same tree once more, for trees never change; what
/// it would take when written out is counted, so that a few lines cannot stand for gigabytes.
///
/// Events, not nodes, are taken from the parser: its own composer would build types and expand aliases. One reader, one
/// document.
final class YamlReader {
    /// As sigs.k8s.io/yaml begins its sentences.
    private static final String FAILED = "error converting YAML to JSON: yaml: ";
    /// In how many parts the scanner is given a stream, and how many characters one has at least.
    private static final int PARTS = 8;
    private static final int LEAST_PART = 1024;
    /// Of the stream; this document's part of it is taken by [#node].
    private final Iterator<Event> events;
    private final Function<ScalarEvent, Object> scalars;
    /// Of this document; an anchor given again means the later one from there on.
    private final Map<Anchor, Node> anchors = new HashMap<>();
    /// Sentences rather than paths, bounded like those.
    private final FieldPaths duplicates = new FieldPaths();
    /// How many values the document has so far, with those of aliases each time.
    private long values;
    /// How many values are being read inside each other.
    private int depth;
    /// The depths of all values together, those of earlier documents too: the scanner looks at every open bracket
    /// again for each value.
    private long levels;

    /// @param events at the start of a document
    /// @param levels of the documents before it
    /// @param scalars what a scalar is
    private YamlReader(Iterator<Event> events, Function<ScalarEvent, Object> scalars, long levels) {
        this.events = events;
        this.scalars = scalars;
        this.levels = levels;
    }

    /// A value and how many values it holds.
    /// @param size what it counts where an alias stands for it; counted, not walked
    private record Node(Object value, long size) {
    }

    /// All documents of a stream.
    /// @throws MalformedInput when one is not YAML, or is too big
    static List<JsonReader.Read> read(byte[] bytes) {
        return read(bytes, YamlScalars::value);
    }

    /// @param scalars what a scalar is
    static List<JsonReader.Read> read(byte[] bytes, Function<ScalarEvent, Object> scalars) {
        List<JsonReader.Read> documents = new ArrayList<>();
        long levels = 0;
        try {
            Iterator<Event> events = events(bytes);
            while (events.hasNext()) {
                if (events.next().getEventId() == Event.ID.DocumentStart) {
                    YamlReader reader = new YamlReader(events, scalars, levels);
                    Object value = reader.node(events.next()).value();
                    levels = reader.levels;
                    documents.add(new JsonReader.Read(value, reader.duplicates.list()));
                }
            }
            return documents;
        } catch (YamlEngineException e) {
            throw new MalformedInput(FAILED + String.valueOf(e.getMessage()).strip());
        }
    }

    /// What the scanner looks at is copied for each part that is read, and a long text is looked at as a whole: with
    /// parts of a kilobyte, as the library has them, 3 MB of text took 19 GB.
    private static Iterator<Event> events(byte[] bytes) {
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(Yaml.MAX_CHARACTERS)
                .setBufferSize(Math.max(LEAST_PART, bytes.length / PARTS)).build();
        try (Reader reader = new YamlUnicodeReader(new ByteArrayInputStream(bytes))) {
            return new Parse(settings).parseString(reader.readAllAsString()).iterator();
        } catch (IOException e) {
            throw new MalformedInput(FAILED + e.getMessage());
        }
    }

    /// The value that begins with an event, whose last event is read, too.
    private Node node(Event event) {
        if (++depth > Json.MAX_DEPTH) {
            throw new MalformedInput(FAILED + "exceeded max depth of " + Json.MAX_DEPTH);
        }
        levels += depth;
        if (levels > Yaml.MAX_LEVELS) {
            throw new MalformedInput(FAILED + "too many values are nested too deeply");
        }
        Node node = switch (event) {
            case AliasEvent a -> alias(a);
            case ScalarEvent s -> anchored(s.getAnchor().orElse(null), new Node(scalars.apply(s), 1));
            case SequenceStartEvent s -> {
                YamlScalars.collection(s.getTag().orElse(""), "seq");
                yield anchored(s.getAnchor().orElse(null), sequence());
            }
            case MappingStartEvent m -> {
                YamlScalars.collection(m.getTag().orElse(""), "map");
                yield anchored(m.getAnchor().orElse(null), mapping());
            }
            default -> throw new MalformedInput(FAILED + "unexpected " + event.getEventId());
        };
        depth--;
        return node;
    }

    /// An anchor is known only behind its value, so a value cannot hold itself.
    private Node anchored(@org.jspecify.annotations.Nullable Anchor anchor, Node node) {
        count(1);
        if (anchor != null) {
            anchors.put(anchor, node);
        }
        return node;
    }

    /// A name without an anchor before it is an error in YAML.
    private Node alias(AliasEvent event) {
        Node known = anchors.get(event.getAlias());
        if (known == null) {
            throw new MalformedInput(FAILED + "unknown anchor '" + event.getAlias().getValue() + "' referenced");
        }
        count(known.size());
        return known;
    }

    /// @throws MalformedInput when the document has too many
    private void count(long more) {
        values += more;
        if (values > Yaml.MAX_VALUES) {
            throw new MalformedInput(FAILED + "document contains excessive aliasing or too many values");
        }
    }

    /// Up to the event that ends it.
    private Node sequence() {
        List<Object> list = new ArrayList<>();
        long size = 1;
        for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
            Node n = node(e);
            list.add(n.value());
            size += n.size();
        }
        return new Node(Seq.owning(list.toArray()), size);
    }

    /// What is merged by `<<` never takes the place of a field that stands there, whichever comes first.
    private Node mapping() {
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<String, Object> merged = new LinkedHashMap<>();
        long size = 1;
        for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
            boolean merge = e instanceof ScalarEvent s && s.isPlain() && s.getValue().equals("<<");
            String name = merge ? "<<" : YamlScalars.name(node(e).value());
            int line = e.getStartMark().map(m -> m.getLine() + 1).orElse(0);
            Node n = node(events.next());
            size += n.size();
            if (merge) {
                merge(merged, n.value());
            } else if (fields.put(name, n.value()) != null) {
                duplicate(line, name);
            }
        }
        merged.forEach(fields::putIfAbsent);
        return new Node(Struct.owning(fields.keySet().toArray(String[]::new), fields.values().toArray()), size);
    }

    /// In the words of go-yaml, which upstream gives to the client.
    private void duplicate(int line, String name) {
        if (!duplicates.full()) {
            duplicates.add(FieldPaths.longer("line " + line + ": key \"", name + "\" already set in map"));
        }
    }

    /// Of a list of mappings the earlier one counts.
    private static void merge(Map<String, Object> into, Object value) {
        switch (value) {
            case Struct s -> s.forEach(into::putIfAbsent);
            case Seq s -> s.forEach(e -> merge(into, e));
            default -> throw new MalformedInput(FAILED + "map merge requires map or sequence of maps as the value");
        }
    }
}
