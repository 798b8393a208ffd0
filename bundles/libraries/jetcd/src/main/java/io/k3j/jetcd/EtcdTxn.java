package io.k3j.jetcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;

/// A transaction in the making: conditions on revisions, what to do when all hold, and what to read otherwise
/// (etcd's `Txn`). One thread; committed by [EtcdKv#commit].
public final class EtcdTxn {
    private final TxnRequest.Builder request = TxnRequest.newBuilder();

    /// The key's last change is at exactly this revision; 0: there is no such key.
    public EtcdTxn when(String key, long revision) {
        request.addCompare(Compare.newBuilder().setResult(Compare.CompareResult.EQUAL)
                .setTarget(Compare.CompareTarget.MOD).setKey(ByteString.copyFromUtf8(key)).setModRevision(revision));
        return this;
    }

    /// Then the key gets a value, and a lease when that is not 0. The array is not copied; nobody changes it.
    public EtcdTxn put(String key, byte[] value, long lease) {
        request.addSuccess(RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key)).setValue(UnsafeByteOperations.unsafeWrap(value))
                .setLease(lease)));
        return this;
    }

    /// Then the key is deleted.
    public EtcdTxn delete(String key) {
        request.addSuccess(RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key))));
        return this;
    }

    /// Else the key is read.
    public EtcdTxn orRead(String key) {
        request.addFailure(RequestOp.newBuilder().setRequestRange(EtcdRange.key(key).request()));
        return this;
    }

    TxnRequest done() {
        return request.build();
    }

    /// What became of it.
    ///
    /// @param succeeded whether all conditions held
    /// @param revision of the change itself when it took place, else the newest
    /// @param read what was read instead, in the order it was asked for
    public record Result(boolean succeeded, long revision, List<EtcdPage> read) {
        static Result of(TxnResponse told) {
            return new Result(told.getSucceeded(), told.getHeader().getRevision(), told.getResponsesList().stream()
                    .filter(ResponseOp::hasResponseRange).map(one -> EtcdPage.of(one.getResponseRange())).toList());
        }
    }
}
