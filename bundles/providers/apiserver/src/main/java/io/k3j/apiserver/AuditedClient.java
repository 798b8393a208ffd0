package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apirequests.AuditContext;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The client of a component of this process where requests are recorded: each call is, as the request over HTTP that
/// it stands for, but for views, which ask nothing. As [LocalClient] otherwise.
final class AuditedClient implements ApiClient {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NOT_FOUND = 404;
    private final LocalClient client;
    private final LocalBackend backend;

    AuditedClient(LocalClient client, LocalBackend backend) {
        this.client = client;
        this.backend = backend;
    }

    @Override
    public ApiClient as(String user) {
        return new AuditedClient(client.as(user), backend);
    }

    @Override
    public ApiClient leading(String lease) {
        return new AuditedClient(client.leading(lease), backend);
    }

    /// A call, and what it would be over HTTP.
    /// @param what as authorization sees it
    private record Call(Attributes what, String uri, int code) {
        static Call of(String verb, Gvr r, String subresource, Key key) {
            return new Call(new Attributes(verb, r.group(), r.version(), r.resource(), subresource, key.namespace(),
                    key.name(), ""), uri(r, subresource, key), verb.equals("create") ? CREATED : OK);
        }

        static Call of(String verb, Gvr resource, Query query) {
            return new Call(Access.attributes(verb, resource, query),
                    uri(resource, "", new Key(query.namespace(), "")), OK);
        }

        private static String uri(Gvr r, String subresource, Key key) {
            return (r.group().isEmpty() ? "/api/" : "/apis/" + r.group() + "/") + r.version()
                    + (key.namespace().isEmpty() ? "" : "/namespaces/" + key.namespace()) + "/" + r.resource()
                    + (key.name().isEmpty() ? "" : "/" + key.name())
                    + (subresource.isEmpty() ? "" : "/" + subresource);
        }
    }

    /// A new object is in no path, but for what is created below one.
    private static Call creation(Gvr resource, Key key, String subresource) {
        return Call.of("create", resource, subresource, subresource.isEmpty() ? new Key(key.namespace(), "") : key);
    }

    /// The call is authorized by the client, once.
    private <T> T recorded(Call call, BiFunction<LocalClient, AuditContext, T> work) {
        AuditContext audit = backend.auditing().begin(client.caller(), call.what, call.uri);
        if (!audit.enabled()) {
            return work.apply(client, audit);
        }
        try {
            T done = work.apply(client.recorded(audit), audit);
            audit.started(call.code);
            return done;
        } catch (ApiFault f) {
            audit.response(f.status());
            audit.started(f.code());
            throw f;
        } catch (RuntimeException | Error e) {
            audit.panicked(e);
            throw e;
        } finally {
            audit.completed();
        }
    }

    private Obj object(Call call, Function<LocalClient, Obj> work) {
        return recorded(call, (as, audit) -> {
            Obj now = work.apply(as);
            audit.response(now.document());
            return now;
        });
    }

    private Obj written(Call call, Object sent, Function<LocalClient, Obj> work) {
        return recorded(call, (as, audit) -> {
            if (sent instanceof Obj object) {
                audit.request(object.document());
            } else {
                audit.sent(sent);
            }
            Obj now = work.apply(as);
            audit.response(now.document());
            return now;
        });
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        return object(Call.of("get", resource, "", key), as -> as.get(resource, key));
    }

    /// One that is not there is a `get` that was answered 404.
    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        return recorded(Call.of("get", resource, "", key), (as, audit) -> {
            Optional<Obj> found = as.find(resource, key);
            found.ifPresentOrElse(o -> audit.response(o.document()), () -> audit.started(NOT_FOUND));
            return found;
        });
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        return recorded(Call.of("list", resource, query), (as, _) -> as.list(resource, query));
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        return written(creation(resource, object.key(), options.subresource()), object,
                as -> as.create(resource, object, options));
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        return written(Call.of("update", resource, options.subresource(), object.key()), object,
                as -> as.update(resource, object, options));
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        Object sent = switch (patch) {
            case Patch.Json json -> json.operations();
            case Patch.Merge merge -> merge.changes();
            case Patch.Strategic strategic -> strategic.changes();
            case Patch.Apply apply -> apply.wanted();
        };
        return written(Call.of("patch", resource, options.subresource(), key), sent,
                as -> as.patch(resource, key, patch, options));
    }

    private static Struct sent(DeleteOptions options) {
        Struct.Builder b = Struct.builder().put("kind", "DeleteOptions").put("apiVersion", "v1");
        if (options.gracePeriodSeconds() >= 0) {
            b.put("gracePeriodSeconds", options.gracePeriodSeconds());
        }
        Struct preconditions = Struct.builder().putUnlessEmpty("uid", options.uid())
                .putUnlessEmpty("resourceVersion", options.revision() == 0 ? "" : Long.toString(options.revision()))
                .build();
        return b.putUnlessEmpty("preconditions", preconditions)
                .putUnlessEmpty("propagationPolicy", options.propagation()).build();
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        recorded(Call.of("delete", resource, "", key), (as, audit) -> {
            audit.sent(sent(options));
            as.delete(resource, key, options);
            return key;
        });
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        recorded(Call.of("deletecollection", resource, query), (as, audit) -> {
            audit.sent(sent(options));
            as.deleteAll(resource, query, options);
            return query;
        });
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        return recorded(Call.of("create", resource, subresource, key), (as, audit) -> {
            audit.request(body);
            Struct answer = as.post(resource, key, subresource, body);
            audit.response(answer);
            return answer;
        });
    }

    @Override
    public Struct read(Gvr resource, Key key, String subresource, Struct parameters) {
        return recorded(Call.of("get", resource, subresource, key), (as, audit) -> {
            Struct answer = as.read(resource, key, subresource, parameters);
            audit.response(answer);
            return answer;
        });
    }

    @Override
    public List<ApiResource> resources() {
        return client.resources();
    }

    @Override
    public Discovered discover() {
        return client.discover();
    }

    @Override
    public View view(Gvr resource, Query query) {
        return client.view(resource, query);
    }

    @Override
    public View metadata(Gvr resource, Query query) {
        return client.metadata(resource, query);
    }
}
