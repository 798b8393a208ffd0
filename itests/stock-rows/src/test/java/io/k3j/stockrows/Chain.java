package io.k3j.stockrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.k3j.stockrows.KineFile.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What kine promises about the rows of one name.
final class Chain {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Chain() {
    }

    /// Every row that does not go on from the one before it, in words.
    static List<String> problems(List<Row> rows) {
        long compacted = rows.stream().filter(row -> row.name().equals("compact_rev_key")).findFirst()
                .map(Row::prevRevision).orElseThrow();
        List<String> problems = new ArrayList<>();
        Map<String, Row> heads = new HashMap<>();
        for (Row row : rows) {
            if (row.name().startsWith("gap-") || row.name().equals("compact_rev_key")) {
                continue;
            }
            String problem = problem(heads.put(row.name(), row), row, compacted);
            if (!problem.isEmpty()) {
                problems.add(row.name() + " @" + row.id() + ": " + problem);
            }
        }
        return problems;
    }

    private static String problem(@Nullable Row before, Row row, long compacted) {
        if (before == null) {
            boolean begins = row.created() && row.prevRevision() == 0 && row.createRevision() == 0;
            return begins || row.prevRevision() <= compacted ? "" : "begins at " + row.prevRevision();
        }
        if (row.prevRevision() != before.id()) {
            return "follows " + row.prevRevision() + " instead of " + before.id();
        }
        if (row.created() != before.deleted()) {
            return "created=" + row.created() + " after deleted=" + before.deleted();
        }
        if (row.created()) {
            return row.createRevision() == 0 ? "" : "created with " + row.createRevision();
        }
        long first = before.created() ? before.id() : before.createRevision();
        if (row.createRevision() != first) {
            return "create_revision " + row.createRevision() + " instead of " + first;
        }
        return Arrays.equals(row.oldValue(), before.value()) ? "" : "old_value is not the value of " + before.id();
    }

    /// A row's object, kept as JSON.
    static JsonNode object(@Nullable Row row) throws IOException {
        return MAPPER.readTree(Objects.requireNonNull(Objects.requireNonNull(row).value()));
    }

    /// Whether a row's value is an object in JSON or protobuf.
    static boolean readable(Row row) throws IOException {
        byte[] value = Objects.requireNonNull(row.value());
        return value[0] == '{' ? object(row).has("metadata") : !Messages.object(value).getAllFields().isEmpty();
    }
}
