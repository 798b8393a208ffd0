package io.k3j.apiserver;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.clientapi.Term;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.watchcache.Store;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.condition.Condition;

/// The API server's door: takes in what other bundles contribute, as it comes and goes, and runs the
/// server while this bundle is active.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.apiserver",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ApiServer {
    private final Store store;
    private final Extensions extensions = new Extensions();
    private final Startup startup;
    /// Requests in flight finish with what was there.
    private volatile boolean stopping;

    /// Understands the settings.
    /// @throws IllegalArgumentException naming a flag that makes no sense
    @Activate
    public ApiServer(BundleContext context, Settings settings, @Reference Health health,
            @Reference Identities identities, @Reference Abort abort) {
        this.store = new Store(Options.atRest(settings));
        this.startup = new Startup(
                new Startup.Surroundings(context, health, health.scope("apiserver"), identities, abort),
                store, extensions, Options.of(settings));
    }

    /// Begins to start on a thread of its own; does not block.
    @Activate
    public void start() {
        startup.begin();
    }

    /// Ends watches with a bookmark and lets go of the datastore; requests in flight may finish.
    @Deactivate
    public void stop() {
        stopping = true;
        startup.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindDatastore(Datastore datastore) {
        store.use(datastore);
        startup.datastore(true);
    }

    @Reference(target = "(osgi.condition.id=" + Phases.CLUSTER_AGREED + ")",
            cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindAgreement(Condition agreement) {
        startup.agreed();
    }

    void unbindAgreement(Condition agreement) {
        // what was agreed once stays agreed
    }

    void unbindDatastore(Datastore datastore) {
        if (stopping) {
            return;
        }
        store.leave(datastore);
        startup.datastore(store.await(0) != null);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            updated = "updatedCatalog")
    void bindCatalog(KindCatalog catalog) {
        extensions.kinds().put(catalog);
        extensions.signal().raise();
    }

    void updatedCatalog(KindCatalog catalog) {
        extensions.kinds().put(catalog);
    }

    void unbindCatalog(KindCatalog catalog) {
        if (stopping) {
            return;
        }
        extensions.kinds().remove(catalog);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindHooks(KindHooks hooks) {
        extensions.kinds().put(hooks);
        extensions.signal().raise();
    }

    void unbindHooks(KindHooks hooks) {
        if (stopping) {
            return;
        }
        extensions.kinds().remove(hooks);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAuthenticator(Authenticator authenticator, Map<String, Object> properties) {
        extensions.authenticators().add(authenticator, properties);
    }

    void unbindAuthenticator(Authenticator authenticator) {
        if (stopping) {
            return;
        }
        extensions.authenticators().remove(authenticator);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAuthorizer(Authorizer authorizer, Map<String, Object> properties) {
        extensions.authorizers().add(authorizer, properties);
        extensions.signal().raise();
    }

    void unbindAuthorizer(Authorizer authorizer) {
        if (stopping) {
            return;
        }
        extensions.authorizers().remove(authorizer);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAdmission(Admission admission, Map<String, Object> properties) {
        extensions.admissions().add(admission, properties);
        extensions.signal().raise();
    }

    void unbindAdmission(Admission admission) {
        if (stopping) {
            return;
        }
        extensions.admissions().remove(admission);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAction(Action action) {
        extensions.add(action);
    }

    void unbindAction(Action action) {
        if (stopping) {
            return;
        }
        extensions.remove(action);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindConnect(Connect connect) {
        extensions.add(connect);
    }

    void unbindConnect(Connect connect) {
        if (stopping) {
            return;
        }
        extensions.remove(connect);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindTerm(Term term) {
        extensions.begin(term);
    }

    void unbindTerm(Term term) {
        if (stopping) {
            return;
        }
        extensions.end(term);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            target = "(osgi.condition.id=io.k3j.rbac-ready)")
    void bindRbacReady(Condition condition) {
        startup.rbac(true);
    }

    void unbindRbacReady(Condition condition) {
        if (stopping) {
            return;
        }
        startup.rbac(false);
    }
}
