/// What an API server keeps up by itself, beside the requests it is asked, as upstream's `pkg/controlplane` with its
/// `reconcilers` and `apf` controllers: [io.k3j.apiservercontrollers.ServerControllers] is the entrance.
///
/// ```
/// ServerControllers ──► Compactor (history of the datastore)
///                   ├─► Peers (which servers are alive) ──► BootstrapObjects ──► ServerEndpoints
///                   └─► FlowControlKeeper ──► FlowControlObjects, FlowSchemaStatus
/// FlowControl ──► FlowController of flow-control        OwnRecords: rows that other bundles keep beside objects
/// ```
///
/// All but the compactor, the records of servers and [io.k3j.apiservercontrollers.OwnRecords] work through an
/// `ApiClient`, as controllers of other processes do, and pass admission. Several servers on one datastore do the
/// same, and write the same.
///
/// **Threads.** One virtual thread for each loop, which waits most of the time. **Errors.** What a loop cannot do
/// now it does at its next round; an exception that nobody thought of is told by health, and the loop begins anew.
@NullMarked
package io.k3j.apiservercontrollers;

import org.jspecify.annotations.NullMarked;
