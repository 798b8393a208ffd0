package io.k3j.servicelb;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;

/// Deletes the DaemonSets `svclb-…` that stock K3s has left: their pods would stand between the packets and kube-proxy,
/// and hide the clients' addresses.
final class StockBalancers implements Reconciler {
    private static final String NAME = "svclb-";
    private final LiveView daemonSets;

    private StockBalancers(LiveView daemonSets) {
        this.daemonSets = daemonSets;
    }

    /// Adds the loop.
    ///
    /// @param namespace as `--servicelb-namespace`
    static void add(ControllerContext desk, String namespace) {
        LiveView view = desk.views().of(BuiltinResources.DAEMON_SETS, query(namespace));
        desk.loop("servicelb-stock", new StockBalancers(view)).on(view);
    }

    private static Query query(String namespace) {
        return Query.in(namespace).labelled(Selector.parse(ServiceLbLabels.STOCK_DAEMON_SET));
    }

    private static boolean ours(Obj daemonSet) {
        return daemonSet.name().startsWith(NAME) && !daemonSet.terminating();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        daemonSets.get(key).filter(StockBalancers::ours)
                .ifPresent(d -> writer.delete(BuiltinResources.DAEMON_SETS, d));
        return Requeue.NEVER;
    }

    /// Deletes all there are. Blocks.
    static void delete(ApiClient api, String namespace) {
        ExpectingWriter writer = new ExpectingWriter(api);
        api.list(BuiltinResources.DAEMON_SETS, query(namespace)).items().stream().filter(StockBalancers::ours)
                .forEach(d -> writer.delete(BuiltinResources.DAEMON_SETS, d, DeleteOptions.PLAIN));
    }
}
