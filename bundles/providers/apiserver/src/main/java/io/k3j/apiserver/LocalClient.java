package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apidiscovery.RemoteObjects;
import io.k3j.apirequests.AuditContext;
import io.k3j.apirequests.RequestRemarks;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Lister;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiwatches.LocalView;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.Term;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.ListPage;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.StorageKeys;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The API client of components in this process: the request chain without HTTP and decoding, but with seats,
/// authorization, admission and validation.
final class LocalClient implements ApiClient {
    private final LocalBackend backend;
    private final LocalClients.Callers callers;
    private final Caller caller;
    private final LocalSeats seats;
    private final ViewKeeper views;
    private final @Nullable Term term;
    /// Components ignore warnings, but their audit wants annotations.
    private final RequestRemarks remarks;

    /// A client for one of a bundle's identities; `views` closes its views.
    LocalClient(LocalBackend backend, LocalClients.Callers callers, Caller caller, ViewKeeper views) {
        this(backend, callers, caller, views, null, new RequestRemarks(_ -> {
        }, AuditContext.NONE));
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // all that a copy takes over
    private LocalClient(LocalBackend backend, LocalClients.Callers callers, Caller caller, ViewKeeper views,
            @Nullable Term term, RequestRemarks remarks) {
        this.backend = backend;
        this.callers = callers;
        this.caller = caller;
        this.seats = new LocalSeats(backend.limits(), caller);
        this.views = views;
        this.term = term;
        this.remarks = remarks;
    }

    /// The same, whose decisions and writes are told there.
    LocalClient recorded(AuditContext there) {
        return new LocalClient(backend, callers, caller, views, term, new RequestRemarks(remarks.warnings(), there));
    }

    Caller caller() {
        return caller;
    }

    @Override
    public LocalClient as(String user) {
        return new LocalClient(backend, callers, callers.named(user), views, term, remarks);
    }

    @Override
    public LocalClient leading(String lease) {
        Term present = backend.contributions().term(lease);
        if (present == null ? !backend.storage().fence().shared() : !present.elected()) {
            return this;
        }
        // on a shared datastore a client without a term would not be fenced, so it may not write
        return new LocalClient(backend, callers, caller, views, present == null ? new NoTerm() : present, remarks);
    }

    private Target target(Gvr resource) {
        ResourceKind kind = backend.contributions().kinds().find(resource).orElseThrow(Responses::noSuchResource);
        return new Target(kind, backend.contributions().kinds());
    }

    /// Authorizes the caller. Members of `system:masters` do not wait for plug-ins: the server's own components would
    /// wait for each other.
    private void allowed(String verb, Gvr r, String subresource, Key key) {
        allowed(new Attributes(verb, r.group(), r.version(), r.resource(), subresource, key.namespace(), key.name(),
                ""));
    }

    private void allowed(Attributes what) {
        if (!caller.in(Access.MASTERS)) {
            backend.contributions().awaitComplete();
        }
        backend.access().allowed(caller, what, remarks.audit());
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        allowed("get", resource, "", key);
        Optional<Obj> elsewhere = remote().get(resource, key);
        return elsewhere.isPresent() ? elsewhere.get() : seats.read("get", resource, "", key.namespace(), () -> {
            Target target = target(resource);
            return target.object(backend.objects().reads().get(target, key));
        });
    }

    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        allowed("get", resource, "", key);
        if (remote().serve(resource)) {
            return remote().find(resource, key);
        }
        return seats.read("get", resource, "", key.namespace(), () -> {
            Target target = target(resource);
            return Optional.ofNullable(backend.objects().reads().newest(StorageKeys.of(target.kind(), key)))
                    .map(target::object);
        });
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        allowed(Access.attributes("list", resource, query));
        Optional<ObjList> elsewhere = remote().list(resource, query);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        if (target(resource).kind().storage().prefix().isEmpty()) {
            // without a seat: who computes it may wait for what it tells
            Lister lister = backend.contributions().lister(resource).orElseThrow(
                    () -> ApiFault.unavailable("the bundle that serves " + resource.qualified() + " is away"));
            return new ObjList(lister.list(query).stream().map(Obj::of).toList(), 0);
        }
        return seats.read("list", resource, "", query.namespace(), () -> {
            Target target = target(resource);
            ListPage page = page(target, query);
            return new ObjList(target.shown(page.items()).stream().map(target::object).toList(), page.revision());
        });
    }

    private ListPage page(Target target, Query query) {
        return backend.objects().reads().list(Selection.of(target, query.namespace(), query.labels(), query.fields()));
    }

    private Intent intent(Target target, Key key, WriteOptions options) {
        String manager = options.fieldManager().isEmpty() ? shortName() : options.fieldManager();
        return new Intent(target, key, options.subresource(), caller, options.dryRun(), manager, options.force(),
                Struct.EMPTY, term, remarks);
    }

    private String shortName() {
        return caller.user().substring(caller.user().lastIndexOf(':') + 1);
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        Key key = object.key();
        allowed("create", resource, options.subresource(), new Key(key.namespace(), ""));
        return seats.write("create", resource, options.subresource(), key.namespace(), () -> {
            Target target = target(resource);
            return target.object(backend.operations().create(intent(target, key, options), object.document()).item());
        });
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        allowed("update", resource, options.subresource(), object.key());
        return seats.write("update", resource, options.subresource(), object.key().namespace(), () -> {
            Target target = target(resource);
            if (options.subresource().equals(LocalScales.SCALE)) {
                return new LocalScales(backend.objects()).update(intent(target, object.key(), options),
                        object.document());
            }
            Wish wish = Wish.plain(object.document());
            return target.object(
                    backend.objects().writes().change(intent(target, object.key(), options), before -> wish).item());
        });
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        allowed("patch", resource, options.subresource(), key);
        return seats.write("patch", resource, options.subresource(), key.namespace(), () -> {
            Target target = target(resource);
            ObjectDecoder.Expected expected = new ObjectDecoder.Expected(target.kind().gvk(), target.kind().shape(),
                    "Ignore", remarks);
            return target.object(backend.operations().patch(intent(target, key, options), patch, expected).item());
        });
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        allowed("delete", resource, "", key);
        leads();
        if (!remote().delete(resource, key, Query.ALL, options)) {
            seats.write("delete", resource, "", key.namespace(),
                    () -> backend.operations().delete(intent(target(resource), key, WriteOptions.PLAIN), options));
        }
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        allowed(Access.attributes("deletecollection", resource, query));
        leads();
        if (remote().delete(resource, new Key(query.namespace(), ""), query, options)) {
            return;
        }
        seats.write("deletecollection", resource, "", query.namespace(), () -> {
            Target target = target(resource);
            backend.operations().deleteAll(intent(target, new Key(query.namespace(), ""), WriteOptions.PLAIN),
                    page(target, query).items(), options);
            return query;
        });
    }

    private RemoteObjects remote() {
        return new RemoteObjects(backend.remote(), caller);
    }

    private void leads() {
        if (term != null && term.revision() == 0) {
            throw ObjectRegistry.notLeading();
        }
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        allowed("create", resource, subresource, key);
        leads();
        backend.contributions().awaitHandler(resource, subresource);
        Action action = backend.contributions().action(resource, subresource).orElseThrow(
                () -> ApiFault.unavailable("nobody carries out " + resource.qualified() + "/" + subresource));
        WriteOptions options = new WriteOptions(subresource, "", false, false);
        return seats.write("create", resource, subresource, key.namespace(),
                () -> backend.operations().act(intent(target(resource), key, options), action, body));
    }

    @Override
    public Struct read(Gvr resource, Key key, String subresource, Struct parameters) {
        allowed(key.name().isEmpty() ? "list" : "get", resource, subresource, key);
        Optional<Struct> elsewhere = remote().read(resource, key, subresource, parameters);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        if (!subresource.equals(LocalScales.SCALE)) {
            throw Responses.noSuchResource();
        }
        return seats.read("get", resource, subresource, key.namespace(),
                () -> new LocalScales(backend.objects()).get(target(resource), key));
    }

    @Override
    public List<ApiResource> resources() {
        return discover().resources();
    }

    @Override
    public Discovered discover() {
        return backend.remote().discover();
    }

    @Override
    public View view(Gvr resource, Query query) {
        return view(resource, query, Target::object);
    }

    @Override
    public View metadata(Gvr resource, Query query) {
        return view(resource, query, (target, item) -> item.head());
    }

    /// Never waits for plug-ins: views are requested on the threads that activate the plug-ins.
    private View view(Gvr resource, Query query, BiFunction<Target, Item, Obj> shown) {
        if (!caller.in(Access.MASTERS) && !backend.contributions().readable()) {
            throw ApiFault.unavailable("plug-ins of the API server are on their way");
        }
        allowed(Access.attributes("list", resource, query));
        allowed(Access.attributes("watch", resource, query));
        Selection selection = Selection.of(target(resource), query.namespace(), query.labels(), query.fields());
        return views.keep(new LocalView(backend.storage().log(), selection, shown, backend.health()));
    }
}
