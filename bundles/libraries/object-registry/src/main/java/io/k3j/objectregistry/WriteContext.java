package io.k3j.objectregistry;

import io.k3j.apimachinery.JsonSize;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.KindHooks.ScalePaths;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Pruning;
import io.k3j.schema.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What plug-ins may ask for during one try of a write, and what they note down for it.
final class WriteContext implements Write.Context {
    private final Intent intent;
    private final long revision;
    private @Nullable Map<Object, Object> notes;
    /// In the first pass and in the last one, mostly of one state: there are two.
    private List<Slot.Entry<Admission>> askedFirst = List.of();
    private List<Slot.Entry<Admission>> askedLast = List.of();
    private UnaryOperator<Struct> bound = UnaryOperator.identity();
    private int round;
    private boolean wanted;

    WriteContext(Intent intent, long revision) {
        this.intent = intent;
        this.revision = revision;
    }

    /// From now on what comes from outside goes through this.
    void bound(UnaryOperator<Struct> by) {
        bound = by;
    }

    /// A pass of plug-ins begins, all of one state: none is copied for it.
    void asks(List<Slot.Entry<Admission>> all) {
        askedFirst = askedFirst.isEmpty() ? all : askedFirst;
        askedLast = all;
    }

    /// Those asked that are not present any more: what they have noted down under keys of their own nobody else knows.
    List<Slot.Entry<Admission>> gone(List<Slot.Entry<Admission>> present) {
        return askedFirst == present && askedLast == present ? List.of()
                : Stream.concat(askedFirst.stream(), askedLast.stream().filter(e -> absent(e, askedFirst)))
                        .filter(e -> absent(e, present)).toList();
    }

    private static boolean absent(Slot.Entry<Admission> entry, List<Slot.Entry<Admission>> all) {
        return all.stream().noneMatch(e -> e.service() == entry.service());
    }

    /// Somebody outside refuses what is to be new: that depends on nothing that others write.
    void refused() {
        if (revision == 0) {
            intent.certainty().refused();
        }
    }

    /// Webhooks were waited for.
    void waited(boolean validating, long nanos) {
        intent.warnings().waited(validating, nanos);
    }

    /// Begins the second round when somebody wanted one; true once.
    boolean again() {
        boolean begins = wanted && round == 0;
        round = begins ? 1 : round;
        return begins;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public List<ResourceKind> equivalents() {
        return intent.target().kinds().equivalents(intent.target().kind());
    }

    /// Through `scale` an object is a Scale to everybody outside.
    private boolean scale() {
        return intent.subresource().equals("scale");
    }

    /// Whether what is written is the body of an action, and no object of the kind.
    private boolean body() {
        ResourceKind kind = intent.target().kind();
        return !kind.subresource(intent.subresource()).map(s -> s.kind().equals(kind.gvk())).orElse(true);
    }

    private ScalePaths scalePaths() {
        return hooks(intent.target().kind()).scalePaths(intent.target().kind().gvk());
    }

    @Override
    public Struct converted(Struct object, ResourceKind to) {
        if (scale()) {
            return object.text("kind").equals("Scale") ? object
                    : ScaleObjects.of(Obj.stored(object, revision), scalePaths());
        }
        Gvk now = Gvk.of(object.text("apiVersion"), object.text("kind"));
        return now.equals(to.gvk()) || !ofKind(now) ? object : hooks(to).converted(object, to.gvk());
    }

    private boolean ofKind(Gvk gvk) {
        return gvk.equals(intent.target().kind().gvk()) || equivalents().stream().anyMatch(k -> k.gvk().equals(gvk));
    }

    private KindHooks hooks(ResourceKind kind) {
        return intent.target().kinds().hooks(kind);
    }

    @Override
    public Struct accepted(Struct document, ResourceKind as) {
        if (JsonSize.atLeast(document, ObjectDecoder.MAX_BYTES + 1L) > ObjectDecoder.MAX_BYTES) {
            throw ObjectDecoder.tooLarge();
        }
        ObjectDecoder.checkElements(document, as.gvk());
        if (scale()) {
            return bound.apply(document);
        }
        if (body()) {
            return document;
        }
        Struct typed = hooks(as).defaulted(as.gvk(), typed(document, as));
        return bound.apply(converted(typed, intent.target().kind()));
    }

    /// As in [Target] those of a schema of upstream are built in.
    private static Struct typed(Struct document, ResourceKind as) {
        Shape shape = as.shape();
        try {
            Struct typed = shape.definition().isEmpty() ? Pruning.prune(shape, document).object()
                    : Decoding.decode(shape, document).object();
            return typed.with("apiVersion", as.gvk().apiVersion()).with("kind", as.gvk().kind());
        } catch (DecodeFailure e) {
            throw ApiFault.internal(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void warn(String text) {
        intent.warnings().accept(text);
    }

    @Override
    public void annotate(String key, String value) {
        intent.warnings().annotate(key, value);
    }

    @Override
    public Audit.Level recorded() {
        return intent.warnings().recorded();
    }

    @Override
    public int round() {
        return round;
    }

    @Override
    public void reinvoke() {
        wanted = true;
    }

    @Override
    public Map<Object, Object> notes() {
        Map<Object, Object> known = notes;
        if (known == null) {
            known = new HashMap<>();
            notes = known;
        }
        return known;
    }
}
