package io.k3j.metricsserver;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Shows what one kind of object uses: of those that exist, whose labels and fields are asked for, and of which there
/// are figures. Any thread; blocks only while `subjects` does.
///
/// @param resource of the group
/// @param subjects what is measured; waits for the first figures, and throws 503 while there is nothing to tell
/// @param metrics the metrics of a subject, empty while there is no difference to tell
record MetricsLister(Gvr resource, Supplier<View> subjects,
        Function<Obj, Optional<Supplier<Struct>>> metrics) implements Lister {
    @Override
    public Struct get(Key key) {
        Obj subject = subjects.get().get(key).orElseThrow(() -> missing(key));
        return metrics.apply(subject).orElseThrow(() -> missing(key)).get();
    }

    private ApiFault missing(Key key) {
        String name = key.namespace().isEmpty() ? key.name() : key.namespace() + "/" + key.name();
        return ApiFault.notFound(resource, name);
    }

    @Override
    public List<Struct> list(Query query) {
        View view = subjects.get();
        Collection<Obj> all = query.namespace().isEmpty() ? view.readable() : view.list(query.namespace());
        List<Row> rows = new ArrayList<>();
        for (Obj o : all) {
            if (query.labels().matches(o.labels()) && matches(query.fields(), o)) {
                metrics.apply(o).ifPresent(m -> rows.add(new Row(o.key(), m)));
            }
        }
        rows.sort(Comparator.comparing((Row r) -> r.key.namespace()).thenComparing(r -> r.key.name()));
        return new Made(rows);
    }

    private static boolean matches(FieldSelector fields, Obj o) {
        return fields.matches(f -> f.equals("metadata.name") ? o.name() : o.namespace());
    }

    /// An object that is made when it is looked at.
    private record Row(Key key, Supplier<Struct> metrics) {
    }

    private static final class Made extends AbstractList<Struct> {
        private final List<Row> rows;

        Made(List<Row> rows) {
            this.rows = rows;
        }

        @Override
        public Struct get(int index) {
            return rows.get(index).metrics.get();
        }

        @Override
        public int size() {
            return rows.size();
        }
    }
}
