use cosmwasm_std::Order;
use cw_multi_test::App;

use crate::{code, Region};

impl Region {
    /// The same region on a chain of its own: what is sent to one does not reach the other. Founding is what
    /// most tests spend their time on; a law over many short lives founds once and forks.
    pub fn fork(&self) -> Self {
        let mut app = App::default();
        // In the order of [`Region::with`]: contracts refer to their code by number.
        app.store_code(Box::new(code::grid()));
        app.store_code(Box::new(code::registry()));
        app.store_code(Box::new(code::oracle()));
        app.store_code(Box::new(code::market()));
        app.store_code(Box::new(code::energy_token()));
        app.store_code(Box::new(code::certificates()));
        let state: Vec<_> = self
            .app
            .read_module(|_, _, storage| storage.range(None, None, Order::Ascending).collect());
        app.init_modules(|_, _, storage| {
            for (key, value) in &state {
                storage.set(key, value);
            }
        });
        app.set_block(self.app.block_info());
        Self {
            app,
            grid: self.grid.clone(),
            registry: self.registry.clone(),
            oracle: self.oracle.clone(),
            market: self.market.clone(),
            energy_token: self.energy_token.clone(),
            certificates: self.certificates.clone(),
            owner: self.owner.clone(),
            operator: self.operator.clone(),
            utility: self.utility.clone(),
            guardian: self.guardian.clone(),
            reporter: self.reporter.clone(),
            maker: self.maker.clone(),
            setup: self.setup.clone(),
            meters: self.meters.clone(),
            names: self.names.clone(),
            ledger: self.ledger.clone(),
            archive: self.archive.clone(),
        }
    }
}
