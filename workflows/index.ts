export { accountClosure } from './account-closure';
export { forgetClosure } from './forget-closure';
